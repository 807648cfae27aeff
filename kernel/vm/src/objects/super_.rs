//! `super`: attributes of the classes behind one in an object's MRO (`Objects/typeobject.c`).

use compile::Version;
use heap::{Obj, Slot};

use crate::args::Args;
use crate::class::{Class, ClassSpec, GetSet, flags};
use crate::protocol::Loaded;
use crate::{PyResult, Vm, kinds};

/// The payload of a `super` object.
#[derive(Default)]
pub struct Super {
    /// `__self__`, or empty.
    pub obj: Slot,
    /// `__thisclass__`.
    pub class: Slot,
    /// `__self_class__`, or empty.
    pub obj_class: Slot,
}

crate::payload!(Super, kinds::SUPER, { obj, class, obj_class });

fn payload(obj: &Obj) -> &Super {
    obj.get::<Super>().expect("a super object has the payload of one")
}

impl Vm {
    /// `super(class, obj).name`, without the super object; with `method`, a plain function of the class comes unbound.
    pub fn super_attr(&self, class: &Obj, obj: &Obj, name: &Obj, method: bool) -> PyResult<Loaded> {
        self.require_class(class)?;
        let obj_class = self.super_check(class, obj)?;
        if method
            && !obj.is(&obj_class)
            && self.has_generic_getattr(obj)
            && let Some(found) = self.find_behind(class, &obj_class, name)
            && self.with_class(&found, |class| class.has(flags::METHOD_DESCRIPTOR))
        {
            return Ok(Loaded::Method(found));
        }
        match self.super_lookup(class, obj, &obj_class, name)? {
            Some(found) => Ok(Loaded::Value(found)),
            None => {
                let made = self.new_super(class, Some(obj))?;
                self.getattr(&made, name).map(Loaded::Value)
            }
        }
    }

    /// A new `super` object.
    pub fn new_super(&self, class: &Obj, obj: Option<&Obj>) -> PyResult {
        let made = self.new_object(&self.types.super_, Super::default());
        self.fill_super(&made, class, obj)?;
        Ok(made)
    }

    fn fill_super(&self, made: &Obj, class: &Obj, obj: Option<&Obj>) -> PyResult<()> {
        let this = payload(made);
        let obj = obj.filter(|obj| !obj.is(&self.consts.none));
        let obj_class = obj.map(|obj| self.super_check(class, obj)).transpose()?;
        this.class.set(class.clone());
        drop(this.obj.replace(obj.cloned()));
        drop(this.obj_class.replace(obj_class));
        Ok(())
    }

    fn require_class(&self, class: &Obj) -> PyResult<()> {
        if class.get::<Class>().is_some() {
            return Ok(());
        }
        Err(self.type_error(format!("super() argument 1 must be a type, not {}", self.type_name(class))))
    }

    /// `supercheck`: the class whose MRO is searched.
    fn super_check(&self, class: &Obj, obj: &Obj) -> PyResult {
        if obj.get::<Class>().is_some() && self.subclass_of(obj, class) {
            return Ok(obj.clone());
        }
        let obj_class = self.class_of(obj);
        if self.subclass_of(&obj_class, class) {
            return Ok(obj_class);
        }
        if let Some(claimed) = self.getattr_opt(obj, &self.names.__class__)?
            && claimed.get::<Class>().is_some()
            && !claimed.is(&obj_class)
            && self.subclass_of(&claimed, class)
        {
            return Ok(claimed);
        }
        if self.version <= Version::V3_12 {
            return Err(self.type_error("super(type, obj): obj must be an instance or subtype of type"));
        }
        let what = if obj.get::<Class>().is_some() { "type" } else { "instance of" };
        let shown = if obj.get::<Class>().is_some() { self.class_name(obj) } else { self.class_name(&obj_class) };
        Err(self.type_error(format!(
            "super(type, obj): obj ({what} {shown}) is not an instance or subtype of type ({}).",
            self.class_name(class)
        )))
    }

    fn super_lookup(&self, class: &Obj, obj: &Obj, obj_class: &Obj, name: &Obj) -> PyResult<Option<Obj>> {
        // `__class__` is the super object's own.
        if name.is(&self.names.__class__) {
            return Ok(None);
        }
        let Some(found) = self.find_behind(class, obj_class, name) else { return Ok(None) };
        match self.with_class(&found, |class| class.slots.descr_get.get()) {
            Some(get) => get(self, &found, Some(obj).filter(|obj| !obj.is(obj_class)), Some(obj_class)).map(Some),
            None => Ok(Some(found)),
        }
    }
}

fn init(vm: &Vm, this: &Obj, args: Args<'_>) -> PyResult<()> {
    if args.has_keywords() {
        return Err(vm.type_error("super() takes no keyword arguments"));
    }
    let args = args.check(vm, "super", 0, 2)?;
    match args {
        [] => {
            let (class, obj) = vm.super_arguments()?;
            vm.fill_super(this, &class, Some(&obj))
        }
        [class, rest @ ..] => {
            vm.require_class(class)?;
            vm.fill_super(this, class, rest.first())
        }
    }
}

fn getattro(vm: &Vm, this: &Obj, name: &Obj) -> PyResult {
    let parts = payload(this);
    if let (Some(class), Some(obj), Some(obj_class)) = (parts.class.get(), parts.obj.get(), parts.obj_class.get())
        && let Some(found) = vm.super_lookup(&class, &obj, &obj_class, name)?
    {
        return Ok(found);
    }
    vm.generic_getattr(this, name)
}

fn descr_get(vm: &Vm, this: &Obj, instance: Option<&Obj>, _: Option<&Obj>) -> PyResult {
    let parts = payload(this);
    let Some(instance) = instance.filter(|instance| !instance.is(&vm.consts.none) && parts.obj.is_empty()) else { return Ok(this.clone()) };
    let Some(class) = parts.class.get() else { return Ok(this.clone()) };
    let own = vm.class_of(this);
    if own.is(&vm.types.super_) {
        return vm.new_super(&class, Some(instance));
    }
    vm.call(&own, &[class, instance.clone()])
}

fn repr(vm: &Vm, this: &Obj) -> PyResult {
    let parts = payload(this);
    let class = parts.class.get().map_or_else(|| "NULL".to_owned(), |class| vm.class_name(&class));
    Ok(vm.str(&match parts.obj_class.get() {
        Some(obj_class) => format!("<super: <class '{class}'>, <{} object>>", vm.class_name(&obj_class)),
        None => format!("<super: <class '{class}'>, NULL>"),
    }))
}

/// `super`.
pub static SUPER: ClassSpec = ClassSpec {
    name: "super",
    base: Some(&super::object::OBJECT),
    kind: kinds::SUPER,
    flags: flags::CONTAINER,
    slots: |slots| {
        slots.new.set(Some(|vm, class, _| Ok(vm.new_object(class, Super::default()))));
        slots.init.set(Some(init));
        slots.getattro.set(Some(getattro));
        slots.descr_get.set(Some(descr_get));
        slots.repr.set(Some(repr));
    },
    methods: &[],
    getset: &[
        GetSet::member("__thisclass__", |vm, this| Ok(payload(this).class.get().unwrap_or_else(|| vm.none()))),
        GetSet::member("__self__", |vm, this| Ok(payload(this).obj.get().unwrap_or_else(|| vm.none()))),
        GetSet::member("__self_class__", |vm, this| Ok(payload(this).obj_class.get().unwrap_or_else(|| vm.none()))),
    ],
    basicsize: 40,
    itemsize: 0,
    doc: "",
};
