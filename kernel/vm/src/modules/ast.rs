//! `_ast`: the classes of syntax trees, for the library modules that name them. Nothing makes trees yet: `compile` refuses `PyCF_ONLY_AST`.
//!
//! The classes are made from `ast_nodes.txt`, a line each: name, base, fields (CPython's `Parser/Python.asdl`).

use super::ModuleSpec;

/// Makes the classes in the module's own namespace.
const MAKE: &str = r#"
class AST:
    _fields = ()
    _attributes = ()
    __match_args__ = ()
    def __init__(self, *args, **kwargs):
        if len(args) > len(self._fields):
            raise TypeError(f"{type(self).__name__} constructor takes at most {len(self._fields)} positional argument{'' if len(self._fields) == 1 else 's'}")
        for name, value in zip(self._fields, args):
            setattr(self, name, value)
        for name, value in kwargs.items():
            setattr(self, name, value)
AST.__module__ = "ast"
AST.__qualname__ = "AST"
PLACES = ("lineno", "col_offset", "end_lineno", "end_col_offset")
for line in NODES.splitlines():
    name, base, *fields = line.split()
    fields = tuple(fields)
    body = {"_fields": fields, "__match_args__": fields, "__module__": "ast"}
    if name in ("expr", "stmt", "pattern", "excepthandler", "type_param", "alias", "arg", "keyword"):
        body["_attributes"] = PLACES
    globals()[name] = type(name, (globals()[base],), body)
del line, name, base, fields, body, PLACES, NODES
"#;

/// `_ast`.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_ast",
    functions: &[],
    init: |vm, module| {
        let dict = vm.module_dict(module);
        vm.dict_set_str(&dict, "NODES", vm.str(include_str!("ast_nodes.txt")));
        vm.exec_text(MAKE, "<_ast>", &dict)?;
        for (name, flag) in [
            ("PyCF_ALLOW_TOP_LEVEL_AWAIT", 0x2000),
            ("PyCF_ONLY_AST", 0x400),
            ("PyCF_OPTIMIZED_AST", 0x8400),
            ("PyCF_TYPE_COMMENTS", 0x1000),
        ] {
            vm.dict_set_str(&dict, name, vm.int(flag));
        }
        Ok(())
    },
};
