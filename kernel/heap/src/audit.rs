//! The audit: recounts every reference there is and compares with every refcount.
//!
//! A refcount must be the number of edges that lead to the object, plus the roots: references that Rust code holds outside the
//! heap. A difference is a bug of the machine, and says which.

use std::collections::HashMap;
use std::fmt;
use std::mem::ManuallyDrop;
use std::ptr::NonNull;

use crate::generation::{STILL_UNREACHABLE, UNREACHABLE};
use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::{GENERATION_MASK, Header, LeafHeader, Obj};
use crate::space::FREE_SLOT;

/// What is wrong with one object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditError {
    /// The object's id.
    pub id: u64,
    /// How its payload is laid out.
    pub kind: Kind,
    /// What is wrong.
    pub fault: Fault,
    /// The ids of the objects that refer to it.
    pub holders: Vec<u64>,
}

/// What can be wrong with an object.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fault {
    /// The refcount is not the number of references.
    Count {
        /// The refcount.
        refcount: u32,
        /// Edges and roots that were found.
        found: u32,
    },
    /// A freed object is still referred to.
    Freed,
    /// The object is not where its header says that it stands in a generation.
    Place,
    /// A working count was left behind by a collection.
    Internal,
}

impl fmt::Display for AuditError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object {:#x} of kind {} ", self.id, self.kind.0)?;
        match self.fault {
            Fault::Count { refcount, found } => write!(f, "has the refcount {refcount}, and {found} references were found")?,
            Fault::Freed => write!(f, "is freed and still referred to")?,
            Fault::Place => write!(f, "is not in its place in its generation")?,
            Fault::Internal => write!(f, "has a working count outside of a collection")?,
        }
        if !self.holders.is_empty() {
            write!(f, "; held by")?;
            self.holders.iter().take(8).try_for_each(|id| write!(f, " {id:#x}"))?;
        }
        Ok(())
    }
}

/// The header of an object, looked at without counting.
///
/// # Safety
/// The object stays alive, and the look is not dropped.
pub(crate) unsafe fn look(heap: &Heap, at: NonNull<u8>) -> ManuallyDrop<Obj> {
    // SAFETY: the caller's word.
    unsafe {
        let kind = at.cast::<LeafHeader>().as_ref().kind.get();
        ManuallyDrop::new(Obj::from_header(at, heap.vtable(kind).leaf))
    }
}

impl Heap {
    /// Recounts every reference. `roots` is given a function to call once for each counted reference that lives outside of the heap's
    /// objects: on the machine's stack, in its tables, in Rust variables. Gives what is wrong, in the order of ids; nothing, if all is well.
    ///
    /// ```
    /// let heap = heap::Heap::new();
    /// let a = heap.list([]);
    /// let b = heap.list([a.clone()]);
    /// assert!(heap.audit(|root| { root(&a); root(&b) }).is_empty());
    /// // Forgetting a root shows as one reference too few.
    /// assert_eq!(heap.audit(|root| root(&b)).len(), 1);
    /// ```
    pub fn audit(&self, roots: impl FnOnce(&mut dyn FnMut(&Obj))) -> Vec<AuditError> {
        let mut found: HashMap<usize, u32> = HashMap::new();
        let mut errors = Vec::new();
        let mut count = |obj: &Obj, holder: Option<&Obj>| {
            let at = obj.address();
            // SAFETY: pages are kept, so even a freed object's header can be read (unless it was a large one).
            let kind = unsafe { at.cast::<LeafHeader>().as_ref() }.kind.get();
            if kind == FREE_SLOT {
                errors.push(AuditError { id: obj.id(), kind, fault: Fault::Freed, holders: holder.map(Obj::id).into_iter().collect() });
            }
            *found.entry(at.addr().get()).or_default() += 1;
        };
        roots(&mut |root| count(root, None));
        self.each_to_be_released(|held| count(held, None));
        self.garbage.with(|held| held.into_iter().for_each(|list| count(list, None)));
        self.space.for_each(|at| {
            // SAFETY: `for_each` gives live objects.
            let obj = unsafe { look(self, at) };
            self.each_held(&obj, &mut |_, child| count(child, Some(&obj)));
        });
        self.space.for_each(|at| {
            // SAFETY: as above.
            let obj = unsafe { look(self, at) };
            let counted = found.get(&at.addr().get()).copied().unwrap_or(0);
            if !obj.is_immortal() && obj.refcount() != counted {
                errors.push(AuditError {
                    id: obj.id(),
                    kind: obj.kind(),
                    fault: Fault::Count { refcount: obj.refcount(), found: counted },
                    holders: vec![],
                });
            }
            if let Some(header) = obj.header() {
                self.audit_header(&obj, header, &mut errors);
            }
        });
        if errors.iter().any(|error| error.holders.is_empty()) {
            self.name_holders(&mut errors);
        }
        errors.sort_by_key(|error| error.id);
        errors
    }

    fn audit_header(&self, obj: &Obj, header: &Header, errors: &mut Vec<AuditError>) {
        let which = (header.leaf.flags.get() & GENERATION_MASK) as usize;
        let mut wrong = |fault| errors.push(AuditError { id: obj.id(), kind: obj.kind(), fault, holders: vec![] });
        if obj.is_tracked() && self.generations.list(which).get(header.index.get() as usize) != Some(&Some(NonNull::from(header))) {
            wrong(Fault::Place);
        }
        // An object that gives its references up counts them down there.
        let internal = if obj.refcount() > 0 { header.internal.get() } else { 0 };
        if !self.is_collecting() && ((UNREACHABLE..=STILL_UNREACHABLE).contains(&which) || internal != 0) {
            wrong(Fault::Internal);
        }
    }

    fn name_holders(&self, errors: &mut [AuditError]) {
        let mut places: HashMap<u64, Vec<usize>> = HashMap::new();
        for (place, error) in errors.iter().enumerate() {
            places.entry(error.id).or_default().push(place);
        }
        self.space.for_each(|at| {
            // SAFETY: `for_each` gives live objects.
            let obj = unsafe { look(self, at) };
            self.each_held(&obj, &mut |_, child| {
                for &place in places.get(&child.id()).into_iter().flatten() {
                    errors[place].holders.push(obj.id());
                }
            });
        });
    }
}
