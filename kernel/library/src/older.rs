//! What 3.14's modules did in older versions, as rules for their text. Everything that no rule names is 3.14's.
//!
//! *The weak containers*, up to 3.13. 3.14 goes through a copy of a container's data, and takes the dead out at once. Before, it was the data
//! itself, under a guard: while one was held the container only noted what had died, and took it out when the last guard went, or when it
//! was next asked for something. So there were two more objects in each container, and a length asked for during a walk could end the walk
//! with an error. Lines stand where they stood in 3.13, for tracebacks name them.
//!
//! *Tracebacks*, up to 3.12: of a statement the first line alone, and no mark where a call's bracket opens.

/// What one class does in another way.
struct Rules {
    class: &'static str,
    /// Methods that take out what is noted before they do anything else.
    tidy: &'static [&'static str],
    /// Lines, with what stands in their place.
    lines: &'static [(&'static str, &'static str)],
}

/// The text of a module, for Python 3.`minor`.
pub(crate) fn as_of(minor: i64, module: &str, text: String) -> String {
    match module {
        "_weakrefset" if minor < 14 => rewrite(&text, &[WEAK_SET_MODULE, WEAK_SET]),
        "weakref" if minor < 11 => rewrite(&text, &[WEAKREF_MODULE, WEAKREF_ALL, WEAK_VALUES, WEAK_KEYS]),
        "weakref" if minor < 14 => rewrite(&text, &[WEAKREF_MODULE, WEAK_VALUES, WEAK_KEYS]),
        "traceback" if minor < 13 => rewrite(&text, &[CARETS, STACK]),
        _ => text,
    }
}

const WEAK_SET_MODULE: Rules = Rules { class: "", tidy: &[], lines: &[("class WeakSet:", GUARD)] };
const WEAKREF_MODULE: Rules =
    Rules { class: "", tidy: &[], lines: &[("from _weakrefset import WeakSet", "from _weakrefset import WeakSet, _IterationGuard")] };

/// 3.10's module has one line more.
const WEAKREF_ALL: Rules = Rules {
    class: "",
    tidy: &[],
    lines: &[(
        "_collections_abc.MutableSet.register(WeakSet)",
        "_collections_abc.Set.register(WeakSet)\n_collections_abc.MutableSet.register(WeakSet)",
    )],
};

const CARETS: Rules = Rules {
    class: "",
    tidy: &[],
    lines: &[("                case ast.Call():", "                case ast.Call() if False:  # Since 3.13.")],
};

const STACK: Rules = Rules {
    class: "StackSummary",
    tidy: &[],
    lines: &[
        (
            "                last_line = all_lines_original[frame_summary.end_lineno - frame_summary.lineno]",
            "                # The first line is all that is shown, underlined to its end if the
                # instruction goes on behind it.
                whole = frame_summary.end_lineno == frame_summary.lineno
                last_line = first_line",
        ),
        (
            "                end_offset = _byte_offset_to_character_offset(last_line, frame_summary.end_colno)",
            "                end_offset = len(last_line.rstrip())
                if whole:
                    end_offset = _byte_offset_to_character_offset(last_line, frame_summary.end_colno)",
        ),
        ("                    :frame_summary.end_lineno - frame_summary.lineno + 1", "                    :1"),
        (
            "                    anchors = _extract_caret_anchors_from_line_segment(segment)",
            "                    anchors = _extract_caret_anchors_from_line_segment(segment) if whole else None",
        ),
        (
            "                show_carets = self._should_show_carets(start_offset, end_offset, all_lines, anchors)",
            "                # A call that is all of its statement is underlined like anything else.
                show_carets = bool(anchors or all_lines[0][:start_offset].lstrip() or all_lines[-1][end_offset:].rstrip())",
        ),
    ],
};

const GUARD: &str = "\
class _IterationGuard:
    # Stands in a container's `_iterating` for as long as somebody walks through
    # the container. It refers to the container weakly, so that a walk that is
    # left half-way makes no cycle and keeps nothing alive.

    def __init__(self, container):
        self.weakcontainer = ref(container)

    def __enter__(self):
        container = self.weakcontainer()
        if container is not None:
            container._iterating.add(self)
        return self

    def __exit__(self, *exception):
        container = self.weakcontainer()
        if container is None:
            return
        container._iterating.remove(self)
        # The last one out takes the dead along.
        if not container._iterating:
            container._commit_removals()


class WeakSet:";

const TIDY: &str = "        if self._pending_removals:\n            self._commit_removals()";

const WEAK_SET: Rules = Rules {
    class: "WeakSet",
    tidy: &["add", "clear", "pop", "remove", "discard", "update", "__isub__", "__iand__", "__ixor__"],
    lines: &[
        (
            "                self.data.discard(item)",
            "                if self._iterating:
                    self._pending_removals.append(item)
                else:
                    self.data.discard(item)",
        ),
        (
            "        self._remove = _remove",
            "        self._remove = _remove
        # The dead that are still in the data, and the walks that go on.
        self._pending_removals = []
        self._iterating = set()",
        ),
        (
            "    def __iter__(self):",
            "    def _commit_removals(self):
        noted = self._pending_removals
        discard = self.data.discard
        # They are taken one at a time, and not all in a loop over the list:
        # while one is taken out another may die, and be noted behind it.
        while noted:
            discard(noted.pop())

    def __iter__(self):",
        ),
        ("        return len(self.data)", "        return len(self.data) - len(self._pending_removals)"),
    ],
};

const WEAK_VALUES: Rules = Rules {
    class: "WeakValueDictionary",
    tidy: &[
        "__getitem__",
        "__delitem__",
        "__len__",
        "__contains__",
        "__setitem__",
        "copy",
        "__deepcopy__",
        "get",
        "items",
        "keys",
        "itervaluerefs",
        "values",
        "popitem",
        "pop",
        "update",
        "valuerefs",
    ],
    lines: &[
        ("                _atomic_removal(self.data, wr.key)", "                    _atomic_removal(self.data, wr.key)"),
        (
            "                # Atomic removal is necessary since this function",
            "                if self._iterating:
                    self._pending_removals.append(wr.key)
                else:
                    # Atomic removal is necessary since this function",
        ),
        ("                # can be called asynchronously by the GC", "                    # can be called asynchronously by the GC"),
        (
            "        self._remove = remove",
            "        self._remove = remove
        # The keys of the dead, and the walks that go on.
        self._pending_removals = []
        self._iterating = set()",
        ),
        (
            "    def __getitem__(self, key):",
            "    def _commit_removals(self, _atomic_removal=_remove_dead_weakref):
        noted = self._pending_removals
        data = self.data
        # A key may have got another value since its last one died, if that was
        # set during a walk. So the function that takes an entry out looks at
        # the entry again, and lets it stay if its value is alive.
        #
        # A walk that still goes on finds the dict changed, and ends with an
        # error. That can be had by asking for the length between two steps.
        while noted:
            _atomic_removal(data, noted.pop())

    def __getitem__(self, key):",
        ),
        (
            "            self.data[key] = KeyedRef(default, self._remove, key)",
            "            if self._pending_removals:
                self._commit_removals()
            self.data[key] = KeyedRef(default, self._remove, key)",
        ),
        ("        return list(self.data.copy().values())", "        return list(self.data.values())"),
    ],
};

const WEAK_KEYS: Rules = Rules {
    class: "WeakKeyDictionary",
    tidy: &[],
    lines: &[
        (
            "                try:",
            "                if self._iterating:
                    self._pending_removals.append(k)
                else:
                    try:",
        ),
        ("                    del self.data[k]", "                        del self.data[k]"),
        ("                except KeyError:", "                    except KeyError:"),
        ("                    pass", "                        pass"),
        (
            "        self._remove = remove",
            "        self._remove = remove
        # The dead keys, the walks that go on, and whether a dead key may have
        # gone by itself since it was noted.
        self._pending_removals = []
        self._iterating = set()
        self._dirty_len = False",
        ),
        (
            "    def __delitem__(self, key):",
            "    def _commit_removals(self):
        noted = self._pending_removals
        data = self.data
        # A dead key is equal to nothing but itself: even if a living key is equal
        # to what it once stood for, the entry of that one stays. So nothing has to
        # be taken out before the dict changes, as it has to be where the values
        # are weak, and walks that go on are left alone. But a dead key may be gone
        # already since it was noted: `clear` and `popitem` take what they find, be
        # it dead or alive.
        while noted:
            key = noted.pop()
            try:
                del data[key]
            except KeyError:
                pass

    def _scrub_removals(self):
        # What went by itself is no longer to be taken out.
        data = self.data
        self._pending_removals = [k for k in self._pending_removals if k in data]
        self._dirty_len = False

    def __delitem__(self, key):
        self._dirty_len = True",
        ),
        (
            "        return len(self.data)",
            "        if self._dirty_len and self._pending_removals:
            # What is noted is taken off the length, and may only be taken off
            # if it is still there.
            self._scrub_removals()
        return len(self.data) - len(self._pending_removals)",
        ),
        ("    def popitem(self):", "    def popitem(self):\n        self._dirty_len = True"),
        ("    def pop(self, key, *args):", "    def pop(self, key, *args):\n        self._dirty_len = True"),
    ],
};

/// Applies rules, those of no class to the lines at the left margin.
fn rewrite(text: &str, rules: &[Rules]) -> String {
    let mut out: Vec<String> = Vec::new();
    let mut class = "";
    let mut left: Vec<(&str, &str, &str)> =
        rules.iter().flat_map(|rules| rules.lines.iter().map(|(from, to)| (rules.class, *from, *to))).collect();
    let mut walk = None;
    let mut begins = Begins::No;
    for line in text.lines() {
        let indent = line.len() - line.trim_start().len();
        if indent == 0 && !line.is_empty() {
            class = line.strip_prefix("class ").and_then(|rest| rest.split(['(', ':']).next()).unwrap_or("");
        }
        if begins.here(line) {
            out.push(TIDY.to_owned());
        }
        // What stands in a guarded loop is four to the right.
        walk = walk.filter(|&loop_indent| line.is_empty() || indent > loop_indent);
        let own = rules.iter().find(|rules| rules.class == class && indent > 0);
        let place = if indent == 0 { "" } else { class };
        if let Some(at) = left.iter().position(|(class, from, _)| *class == place && *from == line) {
            out.push(left.remove(at).2.to_owned());
        } else if own.is_some() && is_walk(line) {
            walk = Some(indent);
            out.push(format!("{:indent$}with _IterationGuard(self):", ""));
            out.push(format!("    {}", line.replacen(".copy()", "", 1)));
        } else {
            out.push(if walk.is_some() && !line.is_empty() { format!("    {line}") } else { line.to_owned() });
        }
        let method = line.strip_prefix("    def ").and_then(|rest| rest.split('(').next());
        if own.zip(method).is_some_and(|(rules, method)| rules.tidy.contains(&method)) {
            begins = Begins::Next;
        }
    }
    debug_assert!(left.is_empty(), "the library has no such lines: {left:?}");
    out.push(String::new());
    out.join("\n")
}

/// Whether a line goes through a copy of the data.
fn is_walk(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("yield from self.data.copy()") || line.starts_with("for ") && line.contains(" in self.data.copy()")
}

/// Where the body of a method begins.
#[derive(Clone, Copy, PartialEq)]
enum Begins {
    No,
    /// At the next line, unless that is a docstring.
    Next,
    /// In a docstring now.
    Docstring,
    /// At the next line.
    AfterDocstring,
}

impl Begins {
    /// Whether the body begins at this line, if one is waited for.
    fn here(&mut self, line: &str) -> bool {
        let quotes = line.matches("\"\"\"").count();
        *self = match (*self, quotes) {
            (Begins::Next, 1) => Begins::Docstring,
            (Begins::Next, 0) | (Begins::AfterDocstring, _) => {
                *self = Begins::No;
                return true;
            }
            (Begins::Next, _) | (Begins::Docstring, 1) => Begins::AfterDocstring,
            (state, _) => state,
        };
        false
    }
}
