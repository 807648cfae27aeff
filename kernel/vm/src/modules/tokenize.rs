//! `_tokenize`: there so that `tokenize` can be imported, as `inspect` does. Texts are not cut into tokens yet.

use super::ModuleSpec;

const CLASS: &str = r#"
class TokenizerIter:
    def __init__(self, readline, *, encoding=None, extra_tokens=False):
        raise NotImplementedError("tokens are not made here")
"#;

/// `_tokenize`.
pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "_tokenize",
    functions: &[],
    init: |vm, module| vm.exec_text(CLASS, "<_tokenize>", &vm.module_dict(module)).map(drop),
};
