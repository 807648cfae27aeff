//! Classes of modules that few programs import: each is made when its module is, not when the machine starts.
//!
//! As in CPython, where they are heap types, their objects name and count their class, and the collector sees the class itself.

use heap::Obj;

use crate::Vm;
use crate::bootstrap::class_object;
use crate::class::{ClassSpec, flags};

impl Vm {
    /// The class of a spec that is not in the table of [`Types`](crate::Types), made at the first question.
    pub(crate) fn late_class(&self, spec: &'static ClassSpec) -> Obj {
        let key = std::ptr::from_ref(spec) as usize;
        if let Some(class) = self.state.late_classes.borrow().get(&key) {
            return class.clone();
        }
        let base = match spec.base {
            None => self.types.object.clone(),
            Some(base) => match self.types.each().into_iter().find(|(_, other)| std::ptr::eq(*other, base)) {
                Some((class, _)) => class.clone(),
                None => self.late_class(base),
            },
        };
        let class = class_object(&self.heap, spec, Some(base));
        self.fill_class(&class, spec);
        if spec.flags & flags::HEAP_TYPE != 0
            && let Some((module, _)) = spec.name.rsplit_once('.')
        {
            self.set_own_attr(&class, &self.names.__module__, self.intern(module));
        }
        self.state.late_classes.borrow_mut().insert(key, class.clone());
        class
    }
}
