// SPDX-License-Identifier: Apache-2.0

/// The style sheet of the page.
///
/// Colors of series are those of M. Okabe and K. Ito, "Color Universal Design"
/// (2008), without yellow, blue lightened on dark ground.
enum PageStyle {
    static let sheet = #"""
        :root { color-scheme: light dark;
          --ground: #fff; --panel: #f5f6f7; --ink: #1b1e21; --soft: #59626a; --rule: #d8dde1;
          --focus: #0072b2; --better: #00609a; --worse: #a83f00;
          --c0: #0072b2; --c1: #d55e00; --c2: #009e73; --c3: #cc79a7; --c4: #e69f00; --c5: #56b4e9;
          --c6: #6b747c; }
        @media (prefers-color-scheme: dark) { :root {
          --ground: #14171a; --panel: #1d2226; --ink: #e4e7e9; --soft: #9fa8af; --rule: #363d43;
          --focus: #7cc4f5; --better: #7cc4f5; --worse: #ff9d5c;
          --c0: #3f9fe8; --c1: #f07f2e; --c2: #2bc297; --c3: #e091bd; --c4: #f0b429; --c5: #9bd8f7;
          --c6: #98a2aa; } }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--ground); color: var(--ink);
          font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "Liberation Sans", "DejaVu Sans", sans-serif;
          font-variant-numeric: tabular-nums; }
        header, nav, main, footer { max-width: 68rem; margin: 0 auto; padding: 0 1.25rem; }
        header { padding-top: 2.5rem; }
        h1 { font-size: 1.75rem; line-height: 1.2; margin: 0 0 .35rem; letter-spacing: -.01em; }
        h2 { font-size: 1.25rem; margin: 0 0 .5rem; letter-spacing: -.005em; }
        h3 { font-size: 1rem; margin: 1.5rem 0 .5rem; }
        section { padding: 2rem 0; border-top: 1px solid var(--rule); }
        p { margin: .4rem 0; max-width: 48rem; }
        .soft, caption, footer { color: var(--soft); }
        nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; padding: 0; margin: 1rem 0 1.5rem;
          list-style: none; }
        a { color: var(--better); }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(14rem, 1fr)); gap: 1px;
          background: var(--rule); border: 1px solid var(--rule); border-radius: 6px; overflow: hidden;
          margin: 0 0 2rem; }
        .tile { background: var(--ground); padding: .9rem 1.1rem; }
        .tile b { display: block; font-size: 1.6rem; line-height: 1.25; font-weight: 600;
          letter-spacing: -.01em; white-space: nowrap; }
        .tile span { color: var(--soft); font-size: .875rem; display: block; }
        .controls { display: flex; flex-wrap: wrap; gap: .6rem 1.25rem; align-items: end;
          margin: .75rem 0 1rem; }
        .controls label, .controls legend { font-size: .8125rem; color: var(--soft); display: block;
          padding: 0; }
        .controls fieldset { border: 0; margin: 0; padding: 0; }
        .controls fieldset label { display: inline-block; color: var(--ink); font-size: .9375rem;
          margin-right: .6rem; line-height: 2.1rem; }
        select { font: inherit; font-size: .9375rem; color: inherit; background: var(--panel);
          border: 1px solid var(--rule); border-radius: 4px; padding: .3rem .5rem; max-width: min(25rem, 100%);
          min-height: 2.1rem; }
        input { accent-color: var(--focus); }
        :focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; }
        .scroll { overflow-x: auto; margin: .5rem 0 1rem; }
        table { border-collapse: collapse; font-size: .875rem; width: 100%; }
        .scroll[hidden] { display: none; }
        caption { text-align: left; padding: .25rem 0 .5rem; font-size: .8125rem; }
        th, td { text-align: right; padding: .28rem .6rem; white-space: nowrap; font-weight: 400; }
        th.word, td.word, tr.group th { text-align: left; }
        thead th { color: var(--soft); font-size: .8125rem; border-bottom: 1px solid var(--ink);
          vertical-align: bottom; }
        tbody tr + tr { border-top: 1px solid var(--rule); }
        tr.group th { font-weight: 600; padding-top: 1rem; }
        tr.ours, tr.ours th { font-weight: 600; }
        td.better { color: var(--better); } td.worse { color: var(--worse); }
        td.best { font-weight: 600; color: var(--better); }
        td.partial { font-style: italic; text-decoration: underline dotted; }
        figure { margin: 0; position: relative; }
        svg.chart { display: block; width: 100%; height: auto; font-size: 12.5px;
          font-family: inherit; }
        svg text { fill: var(--ink); } svg .tick, svg .axis, svg .note, svg .key text { fill: var(--soft); }
        svg .ours { font-weight: 600; }
        .grid { stroke: var(--rule); } .frame, .one { stroke: var(--soft); fill: none; }
        .mark { stroke: var(--soft); stroke-dasharray: 3 3; }
        .line { fill: none; stroke-width: 1.75; stroke-linejoin: round; }
        .line.ours { stroke-width: 3; }
        .s0 { --s: var(--c0); } .s1 { --s: var(--c1); } .s2 { --s: var(--c2); } .s3 { --s: var(--c3); }
        .s4 { --s: var(--c4); } .s5 { --s: var(--c5); } .s6 { --s: var(--c6); }
        .line { stroke: var(--s); } .point { fill: var(--s); stroke: var(--ground); stroke-width: 1; }
        .point.current { stroke: var(--ink); stroke-width: 2; }
        .encode line { stroke: var(--c0); stroke-width: 1.5; } .encode circle, circle.encode { fill: var(--c0); }
        .decode line { stroke: var(--c1); stroke-width: 1.5; } .decode path, path.decode { fill: var(--c1); }
        .speed { margin: 1rem 0; max-width: 52rem; }
        .legend { display: flex; flex-wrap: wrap; gap: .1rem 1.1rem; margin: .5rem 0; padding: 0;
          border: 0; font-size: .875rem; }
        .legend label { display: inline-flex; align-items: center; gap: .35rem; cursor: pointer;
          min-height: 1.9rem; }
        .legend svg { width: 34px; height: 12px; flex: none; }
        .legend .ours { font-weight: 600; }
        .tip { position: absolute; pointer-events: none; background: var(--ground); color: var(--ink);
          border: 1px solid var(--soft); border-radius: 4px; padding: .35rem .6rem; font-size: .8125rem;
          line-height: 1.4; white-space: pre; box-shadow: 0 2px 8px #0003; }
        .tip:empty { display: none; }
        details { margin: .75rem 0; } summary { cursor: pointer; color: var(--better); }
        dl { display: grid; grid-template-columns: minmax(9rem, max-content) 1fr; gap: .35rem 1.25rem;
          font-size: .9375rem; margin: .5rem 0; }
        dt { font-weight: 600; } dd { margin: 0; max-width: 46rem; }
        .stage { overflow: auto; height: min(70vh, 40rem); border: 1px solid var(--rule); border-radius: 4px;
          background: #000; touch-action: pan-x pan-y; }
        .canvas { position: relative; cursor: ew-resize; }
        .canvas img { position: absolute; inset: 0; width: 100%; height: 100%; display: block;
          image-rendering: pixelated; user-select: none; }
        .canvas i { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px;
          background: #fff; box-shadow: 0 0 0 1px #000; pointer-events: none; }
        .controls input[type=range] { width: 16rem; height: 2.1rem; margin: 0; }
        footer { padding-top: 1rem; padding-bottom: 3rem; font-size: .875rem;
          border-top: 1px solid var(--rule); }
        @media (max-width: 40rem) { dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
        @media print { nav, .controls, .tip, details:not([open]) { display: none; }
          body { font-size: 11pt; } section { break-inside: auto; padding: 1rem 0; }
          figure, tbody, .tiles { break-inside: avoid; } .scroll { overflow: visible; }
          header, main, footer { max-width: none; } .stage { height: 16cm; overflow: hidden; } }
        """#
}
