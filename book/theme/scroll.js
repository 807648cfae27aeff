// Code and tables that are wider than the page scroll by keyboard as well.
"use strict";

(() => {
  const watched = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) {
        target.tabIndex = 0;
      } else {
        target.removeAttribute("tabindex");
      }
    }
  });
  for (const wide of document.querySelectorAll("main pre > code, main .hp pre, main table, main .table-wrapper")) {
    watched.observe(wide);
  }
})();
