//! `__doc__` of what CPython writes in C: the texts are the library's ([`library::doc`]), found by the names of their objects when somebody asks.
//! A class's `__dict__` has `None` until somebody looks at it there; a class without a text of its own, nor one in the library, has `None` for good.

use heap::{Dict, Kind, Obj};

use crate::class::{Class, ClassSpec, Method};
use crate::objects::builtin_function::BuiltinFunction;
use crate::objects::descriptor::MethodDescriptor;
use crate::{Vm, kinds};

impl Vm {
    fn doc_or_none(&self, doc: Option<&str>) -> Obj {
        doc.map_or_else(|| self.none(), |doc| self.str(doc))
    }

    /// Of a builtin module, which is one that comes from no file.
    pub(crate) fn module_doc(&self, module: &Obj) -> Obj {
        let is_builtin = self.dict_get_name(&self.module_dict(module), &self.names.__file__).is_none();
        let name = self.module_name(module).filter(|_| is_builtin);
        self.doc_or_none(name.and_then(|name| library::doc(&name, "")))
    }

    /// Of a builtin class.
    pub(crate) fn class_doc(&self, spec: &'static ClassSpec) -> Obj {
        let own = Some(spec.split_doc().1).filter(|doc| !doc.is_empty());
        let (module, name) = spec.name.rsplit_once('.').unwrap_or(("builtins", spec.name));
        self.doc_or_none(own.or_else(|| library::doc(module, name)))
    }

    /// Puts the text of a builtin class into the class's own dict, if that says `None` until now: somebody looks at it.
    pub(crate) fn fill_class_doc(&self, dict: &Obj) {
        let Some(payload) = dict.get::<Dict>().filter(|_| dict.kind() == Kind::DICT) else { return };
        if payload.get_str_key(&self.names.__doc__).is_none_or(|doc| !doc.is(&self.consts.none)) {
            return;
        }
        let is_its = |class: &Obj| self.class(class).dict.get().is_some_and(|own| own.is(dict));
        let late = || self.state.late_classes.borrow().values().find(|class| is_its(class)).cloned();
        let class = self.types.each().into_iter().map(|(class, _)| class).find(|class| is_its(class)).cloned().or_else(late);
        if let Some(spec) = class.and_then(|class| self.class(&class).spec) {
            drop(payload.set_str_key(&self.names.__doc__, self.class_doc(spec)));
        }
    }

    /// Of a method or an attribute that a builtin class has for its instances.
    pub(crate) fn member_doc(&self, class: &Obj, name: &str) -> Obj {
        let Some(full_name) = self.class(class).spec.map(|spec| spec.name) else { return self.none() };
        let (module, class) = full_name.rsplit_once('.').unwrap_or(("builtins", full_name));
        self.doc_or_none(library::doc(module, &format!("{class}.{name}")))
    }

    /// Of a module's function, or of a method that is bound to an object.
    pub(crate) fn function_doc(&self, function: &BuiltinFunction) -> Obj {
        let name = function.method.name;
        match function.self_.get().filter(|this| this.kind() != kinds::MODULE) {
            Some(this) => self.member_doc(&self.method_owner(&this, function.method), name),
            None => {
                let module = function.module.get().map_or_else(|| "builtins".to_owned(), |module| self.lossy(&module));
                self.doc_or_none(library::doc(&module, name))
            }
        }
    }

    /// The class whose method is bound to an object, which may be a class itself (as for `__new__`).
    fn method_owner(&self, this: &Obj, method: &'static Method) -> Obj {
        let is_its = |class: &Obj| {
            let found = self.own_attr(class, &self.intern(method.name));
            found.is_some_and(|found| found.get::<MethodDescriptor>().is_some_and(|found| std::ptr::eq(found.method, method)))
                || self.class(class).spec.is_some_and(|spec| spec.methods.iter().any(|known| std::ptr::eq(known, method)))
        };
        let own = this.get::<Class>().map(|_| this.clone());
        let classes = own.into_iter().chain([self.class_of(this)]);
        classes.flat_map(|class| self.mro_of(&class)).find(is_its).unwrap_or_else(|| self.types.object.clone())
    }

    /// What an object has of its class where that says `None`: a builtin class's text, if it is its own `None`.
    pub(crate) fn instance_doc(&self, class: &Obj) -> Obj {
        let owner = self.mro_of(class).into_iter().find(|class| self.own_attr(class, &self.names.__doc__).is_some());
        match owner.and_then(|owner| self.class(&owner).spec) {
            Some(spec) => self.class_doc(spec),
            None => self.none(),
        }
    }
}
