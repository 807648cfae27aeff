//! `cell`: a variable that nested functions share.

use crate::census::Label;
use crate::heap::Heap;
use crate::kind::Kind;
use crate::object::Obj;
use crate::payload::{Payload, Visit};
use crate::refcount::Trash;
use crate::slot::Slot;

/// The payload of a `cell`: the variable's value, or nothing while the variable is unbound.
#[derive(Default)]
pub struct CellVar {
    /// The value.
    pub value: Slot,
}

impl Payload for CellVar {
    const KIND: Kind = Kind::CELL;
    const SIZE: usize = 8;

    #[inline]
    fn traverse(&self, visit: Visit<'_>) {
        self.value.with(|held| held.into_iter().for_each(visit));
    }

    fn holds(&self, visit: &mut dyn FnMut(Label, &Obj)) {
        self.value.with(|held| held.into_iter().for_each(|held| visit(Label::Field("cell_contents"), held)));
    }

    fn clear(&self, trash: &mut Trash<'_>) {
        trash.take(&self.value);
    }

    fn dismantle(&mut self, trash: &mut Trash<'_>) {
        trash.take(&self.value);
    }
}

impl Heap {
    /// A new tracked cell.
    pub fn cell(&self, value: Option<Obj>) -> Obj {
        self.alloc(CellVar { value: value.into() }).tracked()
    }
}
