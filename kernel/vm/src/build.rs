//! What `BUILD_LIST`, `BUILD_TUPLE` and `BUILD_MAP` make: containers that take the topmost places of the stack over, as they stand.
//!
//! One contract holds, the loop's: `first` is the lowest of the topmost places, which hold the items; they are free afterwards.

#![expect(unsafe_code, unsafe_op_in_unsafe_fn, reason = "places on the stack are raw memory, read without checks: measured")]

use heap::{Dict, Kind, List, Obj, StackRef, Str, Tuple};

use crate::{PyResult, Vm};

/// Dicts with so many entries are made with no room for them beforehand.
const FEW: usize = 5;

/// The objects in `n` places, each with a count of its own.
///
/// # Safety
/// The places from `first` on are initialised, and the caller reads none of them again.
#[inline(always)]
unsafe fn taken(first: *mut StackRef, n: usize) -> impl ExactSizeIterator<Item = Obj> {
    // SAFETY: the caller's word; each place is read once.
    (0..n).map(move |i| unsafe { first.add(i).read() }.into_obj())
}

/// # Safety
/// The contract above, for every method.
impl Vm {
    #[inline(never)]
    pub(crate) unsafe fn build_list(&self, first: *mut StackRef, n: usize) -> Obj {
        self.heap.list(taken(first, n))
    }

    #[inline(never)]
    pub(crate) unsafe fn build_tuple(&self, first: *mut StackRef, n: usize) -> Obj {
        if n == 0 { self.consts.empty_tuple.clone() } else { self.heap.tuple(taken(first, n)) }
    }

    /// The dict of a few entries whose keys are all texts: no Python code runs before the places are free. Nothing, if they are others.
    #[inline(never)]
    pub(crate) unsafe fn build_small_map(&self, first: *mut StackRef, n: usize) -> Option<Obj> {
        if n > FEW || !(0..n).all(|i| (*first.add(2 * i)).look().kind() == Kind::STR) {
            return None;
        }
        let dict = self.new_dict();
        let table = dict.payload_unchecked::<Dict>();
        let mut driven_out = Vec::new();
        let mut items = taken(first, 2 * n);
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            self.dict_changed(&dict, &value);
            driven_out.extend(table.set_str_key(&key, value));
        }
        drop(driven_out);
        Some(dict)
    }

    /// The texts one after another, for f-strings (`_PyUnicode_JoinArray`). The places are free afterwards, on an error too.
    #[inline(never)]
    pub(crate) unsafe fn build_string(&self, first: *mut StackRef, n: usize) -> PyResult {
        let size: u128 = (0..n).map(|i| (*first.add(i)).look().get::<Str>().map_or(0, |text| text.as_bytes().len() as u128)).sum();
        match self.check_text_size(size) {
            Ok(()) if size < 3 || n < 2 => self.str_join_all(&taken(first, n).collect::<Vec<_>>()),
            Ok(()) => {
                // What stands in the places keeps the texts alive.
                let made = self.heap.str_join(
                    None,
                    (0..n).filter_map(|i| {
                        let text = (*first.add(i)).look();
                        text.get::<Str>().map(|text| &*std::ptr::from_ref(text))
                    }),
                );
                taken(first, n).for_each(drop);
                Ok(made)
            }
            Err(raised) => {
                taken(first, n).for_each(drop);
                Err(raised)
            }
        }
    }

    /// Joins the items of a list or tuple as they stand there (`str.join`). Nothing, if it is neither.
    pub(crate) fn join_sequence(&self, separator: &Obj, sequence: &Obj) -> Option<PyResult> {
        let items = match sequence.get::<List>() {
            // SAFETY: joining runs no Python code, so the list stays as it is, but for an error, which is made at the end.
            Some(list) => unsafe { list.items() },
            None => sequence.get::<Tuple>()?.items(),
        };
        Some(self.join_items(separator, items))
    }
}
