// SPDX-License-Identifier: Apache-2.0

/// The part of the page's script that draws rate-distortion curves.
enum PageScriptChart {
    static let text = #"""
        const data = JSON.parse(document.getElementById("curve-data").textContent);
        const byId = (id) => document.getElementById(id);
        const state = { set: "0", metric: data.metrics.length ? data.metrics[0].key : "", axis: "log",
          base: "", hidden: new Set() };
        const minus = (text) => text.replace("-", "\u2212");
        const digits = (value, count) => minus(value.toFixed(count));

        // The state stands in the address, so that a view can be passed on.
        function readAddress() {
          const given = new URLSearchParams(location.hash.slice(1));
          for (const key of ["set", "metric", "axis", "base"]) if (given.has(key)) state[key] = given.get(key);
          if (!data.sets[state.set]) state.set = "0";
          if (!data.metrics.some((m) => m.key === state.metric)) {
            state.metric = data.metrics.length ? data.metrics[0].key : "";
          }
          if (!data.series[state.base]) state.base = "";
          return given;
        }
        function writeAddress(changes) {
          const given = new URLSearchParams(location.hash.slice(1));
          for (const key in changes) given.set(key, changes[key]);
          try { history.replaceState(null, "", "#" + given); } catch (error) { /* a page without address */ }
        }

        function element(name, attributes, parent, text) {
          const made = document.createElementNS("http://www.w3.org/2000/svg", name);
          for (const key in attributes) made.setAttribute(key, attributes[key]);
          if (text !== undefined) made.textContent = text;
          if (parent) parent.appendChild(made);
          return made;
        }
        function make(name, attributes, parent, text) {
          const made = document.createElement(name);
          for (const key in attributes) made.setAttribute(key, attributes[key]);
          if (text !== undefined) made.textContent = text;
          if (parent) parent.appendChild(made);
          return made;
        }

        // A different sign for each member of a family, as lines have different patterns.
        function sign(member, x, y, size) {
          const s = size;
          const shapes = [
            `M${x - s} ${y}a${s} ${s} 0 1 0 ${2 * s} 0a${s} ${s} 0 1 0 ${-2 * s} 0z`,
            `M${x - s} ${y - s}h${2 * s}v${2 * s}h${-2 * s}z`,
            `M${x} ${y - 1.3 * s}l${1.2 * s} ${2.2 * s}h${-2.4 * s}z`,
            `M${x} ${y - 1.35 * s}l${1.35 * s} ${1.35 * s}l${-1.35 * s} ${1.35 * s}l${-1.35 * s} ${-1.35 * s}z`,
            `M${x - 1.2 * s} ${y - s}h${2.4 * s}l${-1.2 * s} ${2.2 * s}z`];
          return shapes[member % shapes.length];
        }

        function ticksOf(least, most, isLog) {
          const ticks = [];
          if (isLog) {
            for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power++) {
              for (const factor of [1, 2, 5]) {
                const tick = Number((factor * 10 ** power).toPrecision(3));
                if (tick >= least && tick <= most) ticks.push(tick);
              }
            }
            return ticks;
          }
          const rough = (most - least) / 6;
          const power = 10 ** Math.floor(Math.log10(rough));
          const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough);
          for (let k = Math.ceil(least / step - 1e-9); k * step <= most + 1e-9; k++) {
            ticks.push(Number((k * step).toPrecision(6)));
          }
          return ticks;
        }

        function pointsOf(curve) {
          const values = curve.values[state.metric] || [];
          const points = [];
          curve.rates.forEach((rate, i) => {
            if (values[i] !== null && values[i] !== undefined) points.push({ rate, value: values[i] });
          });
          return points;
        }

        // The value of a curve at a rate, linear over the logarithm between points; null beyond them.
        function valueAt(points, rate) {
          for (let i = 0; i < points.length; i++) {
            if (Math.abs(points[i].rate - rate) <= 1e-4 * rate) return points[i].value;
            if (i && points[i - 1].rate < rate && rate < points[i].rate) {
              const share = Math.log(rate / points[i - 1].rate) / Math.log(points[i].rate / points[i - 1].rate);
              return points[i - 1].value + share * (points[i].value - points[i - 1].value);
            }
          }
          return null;
        }

        function visible() {
          const set = data.sets[state.set];
          if (!set) return [];
          const base = set.curves.find((curve) => String(curve.series) === state.base);
          const below = base ? pointsOf(base) : [];
          return set.curves.filter((curve) => !state.hidden.has(curve.series)).map((curve) => {
            let points = pointsOf(curve);
            if (state.base !== "") {
              points = points.map(({ rate, value }) => ({ rate, value, under: valueAt(below, rate) }))
                .filter((point) => point.under !== null)
                .map(({ rate, value, under }) => ({ rate, value: value - under }));
            }
            return { series: curve.series, points };
          }).filter((curve) => curve.points.length);
        }

        function reading(value) {
          const metric = data.metrics.find((m) => m.key === state.metric);
          if (state.base !== "") {
            return (value > 0 ? "+" : "") + digits(value, 2) + (metric.reading === "percent" ? " %" : " dB") +
              " against " + data.series[state.base].name;
          }
          if (metric.reading === "percent") return digits(value, 1) + " %";
          const decibels = digits(value, 2) + " dB";
          if (metric.reading === "decibels") return decibels;
          return decibels + " (" + (1 - 10 ** (-value / 10)).toFixed(5) + ")";
        }
        const against = () => state.base === "" ? "" : ", difference to " + data.series[state.base].name;
        const ratioOf = (rate) => digits(data.sets[state.set].bitsAllocated / rate, 1) + ":1";

        let spots = [];
        let current = -1;

        function draw() {
          const set = data.sets[state.set];
          const box = byId("chart");
          const metric = data.metrics.find((m) => m.key === state.metric);
          const curves = visible();
          box.replaceChildren();
          byId("tip").textContent = "";
          spots = [];
          current = -1;
          const title = metric && set
            ? `${metric.label}${against()} over bits per sample: ${set.name}` +
              (set.isGroup ? `, mean of ${set.imageCount} ${set.imageCount === 1 ? "image" : "images"}` : "")
            : "";
          byId("chart-title").textContent = title;
          byId("chart-note").textContent = set && set.missing.length
            ? "Not in the mean, because curves are missing: " + set.missing.join("; ") + "." : "";
          fillTable(curves);
          if (!curves.length) {
            make("p", { class: "soft" }, box, "No curve has this metric here.");
            return;
          }
          const width = Math.round(Math.max(480, Math.min(1040, box.clientWidth || 760)));
          const height = Math.round(Math.min(520, 0.62 * width));
          const area = { left: 56, right: width - 16, top: 34, bottom: height - 48 };
          const isLog = state.axis === "log";
          const all = curves.flatMap((curve) => curve.points);
          let least = Math.min(...all.map((p) => p.rate));
          let most = Math.max(...all.map((p) => p.rate));
          if (isLog) { least *= 0.92; most *= 1.09; } else { least = 0; most *= 1.03; }
          if (!(most > least)) most = least + 1;
          const low = Math.min(...all.map((p) => p.value));
          const high = Math.max(...all.map((p) => p.value));
          const margin = 0.05 * (high - low) || 0.5;
          const [bottom, top] = [low - margin, high + margin];
          const x = (rate) => area.left + (area.right - area.left) * (isLog
            ? Math.log(rate / least) / Math.log(most / least) : (rate - least) / (most - least));
          const y = (value) => area.bottom - (area.bottom - area.top) * (value - bottom) / (top - bottom);

          const svg = element("svg", { class: "chart", viewBox: `0 0 ${width} ${height}`, tabindex: 0,
            role: "group", "aria-label": title + ". Arrow keys walk along the points." }, box);
          for (const tick of ticksOf(least, most, isLog)) {
            const at = x(tick).toFixed(1);
            element("line", { class: "grid", x1: at, x2: at, y1: area.top, y2: area.bottom }, svg);
            element("text", { class: "tick", x: at, y: area.bottom + 17, "text-anchor": "middle" }, svg,
              String(tick));
          }
          for (const tick of ticksOf(bottom, top, false)) {
            const at = y(tick).toFixed(1);
            element("line", { class: "grid", x1: area.left, x2: area.right, y1: at, y2: at }, svg);
            element("text", { class: "tick", x: area.left - 8, y: Number(at) + 4, "text-anchor": "end" }, svg,
              minus(String(tick)));
          }
          for (const ratio of [25, 15]) {
            const rate = 16 / ratio;
            if (rate < least || rate > most) continue;
            const at = x(rate).toFixed(1);
            element("line", { class: "mark", x1: at, x2: at, y1: area.top - 8, y2: area.bottom }, svg);
            element("text", { class: "tick", x: at, y: area.top - 13, "text-anchor": "middle" }, svg,
              ratio + ":1");
          }
          element("rect", { class: "frame", x: area.left, y: area.top, width: area.right - area.left,
            height: area.bottom - area.top }, svg);
          element("text", { class: "axis", x: (area.left + area.right) / 2, y: height - 8,
            "text-anchor": "middle" }, svg, "bits per sample" + (isLog ? " (logarithmic)" : ""));
          element("text", { class: "axis", x: 0, y: 12 }, svg, metric.label + against());
          // Ours last, so that it lies on top.
          const order = curves.slice().sort((a, b) =>
            data.series[a.series].isOurs - data.series[b.series].isOurs || b.series - a.series);
          for (const curve of order) {
            const series = data.series[curve.series];
            const group = element("g", { class: "s" + series.color }, svg);
            element("polyline", { class: "line" + (series.isOurs ? " ours" : ""),
              "stroke-dasharray": data.patterns[series.member % data.patterns.length],
              points: curve.points.map((p) => x(p.rate).toFixed(1) + "," + y(p.value).toFixed(1)).join(" ") },
              group);
            for (const point of curve.points) {
              const spot = { series: curve.series, ...point, x: x(point.rate), y: y(point.value) };
              spot.mark = element("path", { class: "point",
                d: sign(series.member, Number(spot.x.toFixed(1)), Number(spot.y.toFixed(1)),
                  series.isOurs ? 4 : 3.2) }, group);
              spots.push(spot);
            }
          }
          spots.sort((a, b) => a.series - b.series || a.rate - b.rate);
          svg.addEventListener("pointermove", (event) => {
            const frame = svg.getBoundingClientRect();
            const scale = width / frame.width;
            const [px, py] = [(event.clientX - frame.left) * scale, (event.clientY - frame.top) * scale];
            let best = -1;
            let distance = 30;
            spots.forEach((spot, i) => {
              const d = Math.hypot(spot.x - px, spot.y - py);
              if (d < distance) { distance = d; best = i; }
            });
            show(best, width);
          });
          svg.addEventListener("pointerleave", () => show(-1, width));
          svg.addEventListener("blur", () => show(-1, width));
          svg.addEventListener("keydown", (event) => walk(event, width));
        }

        function walk(event, width) {
          if (!["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown", "Escape"].includes(event.key)) return;
          event.preventDefault();
          if (event.key === "Escape") { show(-1, width); return; }
          if (current < 0) { show(0, width); return; }
          const here = spots[current];
          if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
            const next = current + (event.key === "ArrowRight" ? 1 : -1);
            if (spots[next] && spots[next].series === here.series) show(next, width);
            return;
          }
          const series = [...new Set(spots.map((s) => s.series))];
          const other = series[series.indexOf(here.series) + (event.key === "ArrowDown" ? 1 : -1)];
          if (other === undefined) return;
          let best = -1;
          spots.forEach((spot, i) => {
            if (spot.series === other && (best < 0
              || Math.abs(spot.x - here.x) < Math.abs(spots[best].x - here.x))) best = i;
          });
          show(best, width);
        }

        function show(index, width) {
          const tip = byId("tip");
          if (current >= 0 && spots[current]) spots[current].mark.classList.remove("current");
          current = index;
          if (index < 0) { tip.textContent = ""; return; }
          const spot = spots[index];
          spot.mark.classList.add("current");
          tip.textContent = `${data.series[spot.series].name}\n${digits(spot.rate, 3)} bits per sample, ` +
            `${ratioOf(spot.rate)}\n${reading(spot.value)}`;
          const scale = byId("chart").clientWidth / width;
          const isRight = spot.x > width * 0.6;
          tip.style.top = spot.y * scale + 12 + "px";
          tip.style.left = isRight ? "auto" : spot.x * scale + 12 + "px";
          tip.style.right = isRight ? byId("chart").clientWidth - spot.x * scale + 12 + "px" : "auto";
        }

        function fillTable(curves) {
          const body = byId("chart-values");
          body.replaceChildren();
          for (const curve of curves) {
            for (const point of curve.points) {
              const row = make("tr", {}, body);
              make("th", { scope: "row", class: "word" }, row, data.series[curve.series].name);
              make("td", {}, row, digits(point.rate, 3));
              make("td", {}, row, ratioOf(point.rate));
              make("td", {}, row, reading(point.value));
            }
          }
        }

        function fillLegend() {
          const legend = byId("legend");
          data.series.forEach((series, index) => {
            const label = make("label", { class: (series.isOurs ? "ours " : "") + "s" + series.color }, legend);
            const box = make("input", { type: "checkbox" }, label);
            box.checked = true;
            box.addEventListener("change", () => {
              if (box.checked) state.hidden.delete(index); else state.hidden.add(index);
              draw();
            });
            const key = element("svg", { viewBox: "0 0 34 12", "aria-hidden": "true" }, label);
            element("line", { class: "line" + (series.isOurs ? " ours" : ""), x1: 1, x2: 33, y1: 6, y2: 6,
              "stroke-dasharray": data.patterns[series.member % data.patterns.length] }, key);
            element("path", { class: "point", d: sign(series.member, 17, 6, 3.6) }, key);
            make("span", {}, label, series.name);
          });
        }

        function startChart() {
          fillLegend();
          const sets = byId("set");
          const groups = make("optgroup", { label: "Means of groups" });
          const images = make("optgroup", { label: "Images" });
          data.sets.forEach((set, index) => {
            make("option", { value: index }, set.isGroup ? groups : images,
              set.name + (set.isGroup ? ` (${set.imageCount})` : ""));
          });
          if (groups.children.length) sets.appendChild(groups);
          if (images.children.length) sets.appendChild(images);
          for (const metric of data.metrics) {
            make("option", { value: metric.key }, byId("metric"), metric.label);
          }
          make("option", { value: "" }, byId("base"), "absolute values");
          data.series.forEach((series, index) => {
            make("option", { value: index }, byId("base"), "difference to " + series.name);
          });
          for (const key of ["set", "metric", "base"]) {
            byId(key).value = state[key];
            byId(key).addEventListener("change", (event) => {
              state[key] = event.target.value;
              writeAddress({ [key]: state[key] });
              draw();
            });
          }
          for (const radio of document.querySelectorAll("input[name=axis]")) {
            radio.checked = radio.value === state.axis;
            radio.addEventListener("change", () => {
              state.axis = radio.value;
              writeAddress({ axis: state.axis });
              draw();
            });
          }
          draw();
          let last = byId("chart").clientWidth;
          new ResizeObserver(() => {
            const now = byId("chart").clientWidth;
            if (Math.abs(now - last) > 8) { last = now; draw(); }
          }).observe(byId("chart"));
        }
        """#
}
