// SPDX-License-Identifier: Apache-2.0

/// The part of the page's script that chooses tables and shows images, and its start.
enum PageScriptViewer {
    static let text = #"""
        // Shows of several tables the one that a selector names.
        function startTables(selector, attribute, given) {
          const select = byId(selector);
          if (!select) return;
          const tables = [...document.querySelectorAll(`[data-${attribute}]`)];
          const choose = () => {
            for (const table of tables) table.hidden = table.dataset[attribute] !== select.value;
          };
          if (given && [...select.options].some((o) => o.value === given)) select.value = given;
          choose();
          select.addEventListener("change", () => { writeAddress({ [attribute]: select.value }); choose(); });
        }

        function startViewer() {
          const holder = byId("picture-data");
          if (!holder) return;
          const pictures = JSON.parse(holder.textContent);
          const stage = byId("stage");
          const canvas = byId("canvas");
          const [left, right] = canvas.querySelectorAll("img");
          const handle = canvas.querySelector("i");
          const picture = () => pictures[byId("picture").value];
          const version = () => picture().versions[byId("version").value];

          function fill(select, labels) {
            select.replaceChildren();
            labels.forEach((label, index) => make("option", { value: index }, select, label));
          }
          function wipe() {
            const share = byId("wipe").value;
            right.style.clipPath = `inset(0 0 0 ${share}%)`;
            handle.style.left = share + "%";
            byId("wipe").setAttribute("aria-valuetext", `original up to ${share} % of the width`);
          }
          function zoom() {
            const choice = byId("zoom").value;
            const fit = Math.min(stage.clientWidth / picture().columns, stage.clientHeight / picture().rows);
            const scale = choice === "fit" ? fit : Number(choice);
            // The middle stays in the middle.
            const [w, h] = [canvas.clientWidth || 1, canvas.clientHeight || 1];
            const middle = [(stage.scrollLeft + stage.clientWidth / 2) / w,
              (stage.scrollTop + stage.clientHeight / 2) / h];
            canvas.style.width = picture().columns * scale + "px";
            canvas.style.height = picture().rows * scale + "px";
            canvas.style.margin = choice === "fit" ? "0 auto" : "0";
            stage.scrollLeft = middle[0] * canvas.clientWidth - stage.clientWidth / 2;
            stage.scrollTop = middle[1] * canvas.clientHeight - stage.clientHeight / 2;
          }
          function update() {
            const isError = document.querySelector("input[name=side]:checked").value === "error";
            left.src = picture().original;
            left.alt = "original of " + picture().name;
            right.src = isError ? version().error : version().decoded;
            right.alt = (isError ? "error of " : "decoded by ") + version().label;
            byId("picture-note").textContent = `Left of the line the original, right ` +
              (isError ? `the error × ${picture().gain} around gray` : "the decoded image") +
              `: ${version().label}, ${version().detail}. Stored values ${picture().window} from black ` +
              `to white, ${picture().columns} × ${picture().rows} samples.`;
          }
          function choosePicture() {
            const before = byId("version").value;
            fill(byId("version"), picture().versions.map((v) => v.label));
            if (picture().versions[before]) byId("version").value = before;
            zoom();
            update();
          }

          fill(byId("picture"), pictures.map((p) => p.name));
          byId("picture").addEventListener("change", choosePicture);
          byId("version").addEventListener("change", update);
          byId("zoom").addEventListener("change", zoom);
          byId("wipe").addEventListener("input", wipe);
          for (const radio of document.querySelectorAll("input[name=side]")) {
            radio.addEventListener("change", update);
          }
          const drag = (event) => {
            if (event.buttons !== 1 || event.pointerType === "touch") return;
            const frame = canvas.getBoundingClientRect();
            const share = 100 * (event.clientX - frame.left) / frame.width;
            byId("wipe").value = Math.max(0, Math.min(100, share));
            wipe();
          };
          canvas.addEventListener("pointerdown", drag);
          canvas.addEventListener("pointermove", drag);
          canvas.addEventListener("dragstart", (event) => event.preventDefault());
          choosePicture();
          wipe();
          window.addEventListener("resize", () => { if (byId("zoom").value === "fit") zoom(); });
        }

        const given = readAddress();
        if (byId("chart")) startChart();
        startTables("anchor", "anchor", given.get("anchor"));
        startTables("reference", "reference", given.get("reference"));
        startViewer();
        document.documentElement.dataset.ready = "true";
        """#
}
