//! Completion: what the last word of a line could become, among the names that live.

use heap::{Obj, Str};

use crate::{PyResult, Vm};

/// Words of the language that an expression or a statement may begin with.
pub const KEYWORDS: &[&str] = &[
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except",
    "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try",
    "while", "with", "yield",
];

impl Vm {
    /// What `word`, a name or names with dots between them, could become in a namespace. Properties on the way are read, nothing is called.
    pub fn complete(&self, word: &str, names: &Obj) -> PyResult<Vec<String>> {
        let mut found = match word.rsplit_once('.') {
            Some((path, start)) => match self.object_at(path, names)? {
                Some(owner) => self.attributes_from(&owner, start)?.iter().map(|name| format!("{path}.{name}")).collect(),
                None => Vec::new(),
            },
            None => {
                let mut found = self.keys_from(names, word);
                if let Some(builtins) = self.builtins.get() {
                    found.extend(self.keys_from(&builtins, word));
                }
                found.extend(KEYWORDS.iter().filter(|keyword| keyword.starts_with(word)).map(|keyword| (*keyword).to_owned()));
                found
            }
        };
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn keys_from(&self, dict: &Obj, start: &str) -> Vec<String> {
        self.dict_items(dict).iter().map(|(name, _)| self.lossy(name)).filter(|name| name.starts_with(start)).collect()
    }

    fn object_at(&self, path: &str, names: &Obj) -> PyResult<Option<Obj>> {
        let mut parts = path.split('.');
        let first = parts.next().unwrap_or_default();
        let builtin = || self.builtins.get().and_then(|builtins| self.dict_get_str(&builtins, first));
        let Some(mut at) = self.dict_get_str(names, first).or_else(builtin) else { return Ok(None) };
        for part in parts {
            at = self.getattr_str(&at, part)?;
        }
        Ok(Some(at))
    }

    /// The attributes of an object that begin so, in order. Those with an underscore are shown once one has been typed.
    pub fn attributes_from(&self, owner: &Obj, start: &str) -> PyResult<Vec<String>> {
        let all = self.call(&self.builtin("dir")?, std::slice::from_ref(owner))?;
        let all = self.to_vec(&all)?;
        let wanted = |name: &String| name.starts_with(start) && (start.starts_with('_') || !name.starts_with('_'));
        let texts = all.iter().filter(|name| name.get::<Str>().is_some()).map(|name| self.lossy(name));
        Ok(texts.filter(wanted).collect())
    }
}
