//! The doc strings of what CPython writes in C, from the `rustpython-doc` crate: those of CPython 3.14, under the licence of its library.
//!
//! They are unpacked module by module, when somebody asks. In a browser they are a pack of their own, but for the few that the library reads
//! when it is imported (`early`, in `build.rs`): those come with the first pack.

use std::cell::RefCell;
use std::collections::HashMap;

use crate::{table, unpack};

thread_local! {
    static UNPACKED: RefCell<HashMap<&'static str, &'static str>> = RefCell::default();
}

/// What `__doc__` is of something in a module: `doc("builtins", "list.append")`; of the module itself, by an empty path. A class or function
/// that a module takes over from its part in C (`collections.deque`) is found there.
pub fn doc(module: &str, path: &str) -> Option<&'static str> {
    let early = find("early", &format!("{module}.{path}"));
    match early.or_else(|| find(module, path)).or_else(|| find(&format!("_{module}"), path))? {
        "=" => find("builtins", &format!("object.{}", path.split_once('.')?.1)),
        doc => Some(doc),
    }
}

fn find(module: &str, path: &str) -> Option<&'static str> {
    let (name, _) = table().get_key_value(&*format!("docs/{module}"))?;
    let known = UNPACKED.with_borrow(|unpacked| unpacked.get(name).copied());
    let docs = known.unwrap_or_else(|| {
        let docs: &'static str = unpack(name).map_or_else(String::new, |docs| docs.text).leak();
        UNPACKED.with_borrow_mut(|unpacked| unpacked.insert(name, docs));
        docs
    });
    docs.split('\0').filter_map(|doc| doc.split_once('\t')).find_map(|(name, doc)| (name == path).then_some(doc))
}

#[cfg(test)]
mod tests {
    use super::doc;

    #[test]
    fn doc_strings_are_found_where_their_objects_are_named() {
        assert_eq!(doc("builtins", "len"), Some("Return the number of items in a container."));
        assert_eq!(doc("builtins", "list.append"), Some("Append object to the end of the list."));
        assert_eq!(doc("collections", "deque.popleft"), Some("Remove and return the leftmost element."));
        assert!(doc("gc", "").is_some_and(|doc| doc.starts_with("This module provides access to the garbage collector")));
        assert_eq!(doc("collections", "deque.__sizeof__"), Some("Return the size of the deque in memory, in bytes."));
        assert_eq!(doc("builtins", "bytearray.__reduce_ex__"), Some("Return state information for pickling."));
        assert_eq!(doc("builtins", "frozenset.__init_subclass__"), doc("builtins", "object.__init_subclass__"));
        assert!(doc("_io", "_IOBase").is_some_and(|doc| doc.starts_with("The abstract base class")));
        assert_eq!(doc("builtins", "nobody"), None);
    }
}
