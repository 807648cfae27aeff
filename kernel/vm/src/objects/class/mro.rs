//! The order in which a class and its bases are searched: C3 linearization (`mro_implementation`, `pmerge`).

use heap::{Obj, Tuple};

use super::items_of as items;
use crate::class::Class;
use crate::{PyResult, Vm};

impl Vm {
    /// The class, then its bases in C3 order.
    pub(crate) fn compute_mro(&self, class: &Obj) -> PyResult<Vec<Obj>> {
        let bases = self.class(class).bases.get().map(|bases| items(&bases)).unwrap_or_default();
        let of_base = |base: &Obj| match self.class(base).mro.get() {
            Some(mro) => Ok(items(&mro)),
            None => Err(self.type_error(format!("Cannot extend an incomplete type '{}'", self.class_name(base)))),
        };
        let mut mro = vec![class.clone()];
        if let [base] = bases.as_slice() {
            mro.extend(of_base(base)?);
            return Ok(mro);
        }
        for (i, base) in bases.iter().enumerate() {
            if bases[..i].iter().any(|other| other.is(base)) {
                return Err(self.type_error(format!("duplicate base class {}", self.lossy(&self.class_name_obj(base)))));
            }
        }
        // It is merged in a list, which then becomes a tuple.
        let _list = self.heap.passing(heap::Kind::LIST);
        let mut rows: Vec<Vec<Obj>> = bases.iter().map(of_base).collect::<PyResult<_>>()?;
        rows.push(bases);
        let mut starts = vec![0; rows.len()];
        loop {
            let mut left = false;
            let mut chosen = None;
            for (row, &start) in rows.iter().zip(&starts) {
                let Some(candidate) = row.get(start) else { continue };
                left = true;
                let blocked = rows.iter().zip(&starts).any(|(row, &start)| row.iter().skip(start + 1).any(|other| other.is(candidate)));
                if !blocked {
                    chosen = Some(candidate.clone());
                    break;
                }
            }
            let Some(chosen) = chosen else {
                if left {
                    return Err(self.mro_error(&rows, &starts));
                }
                return Ok(mro);
            };
            for (row, start) in rows.iter().zip(&mut starts) {
                if row.get(*start).is_some_and(|head| head.is(&chosen)) {
                    *start += 1;
                }
            }
            mro.push(chosen);
        }
    }

    fn mro_error(&self, rows: &[Vec<Obj>], starts: &[usize]) -> crate::Raised {
        let mut heads: Vec<&Obj> = Vec::new();
        for (row, &start) in rows.iter().zip(starts) {
            if let Some(head) = row.get(start)
                && !heads.iter().any(|other| other.is(head))
            {
                heads.push(head);
            }
        }
        let names: Vec<String> = heads.iter().map(|head| self.lossy(&self.class_name_obj(head))).collect();
        self.type_error(format!("Cannot create a consistent method resolution order (MRO) for bases {}", names.join(", ")))
    }

    fn class_name_obj(&self, class: &Obj) -> Obj {
        self.class(class).name.get().unwrap_or_else(|| self.consts.empty_str.clone())
    }

    /// Sets a class's MRO; a metaclass may have its own idea of it (`mro_internal`).
    pub(super) fn set_mro(&self, class: &Obj) -> PyResult<()> {
        let meta = self.class_of(class);
        let mro = if meta.is(&self.types.type_) {
            self.compute_mro(class)?
        } else {
            match self.special(class, &self.names.mro)? {
                Some(special) => {
                    let made = self.call_special(&special, class, &[])?;
                    let mro = self.to_vec(&made)?;
                    self.check_mro(class, &mro)?;
                    mro
                }
                None => self.compute_mro(class)?,
            }
        };
        let before = self.class(class).mro.replace(Some(self.tuple_of_classes(mro)));
        self.class_modified(class);
        drop(before);
        Ok(())
    }

    /// A tuple of classes: always a new object, so that a class has an MRO of its own.
    fn tuple_of_classes(&self, classes: Vec<Obj>) -> Obj {
        self.tuple(classes)
    }

    fn check_mro(&self, class: &Obj, mro: &[Obj]) -> PyResult<()> {
        let solid = self.solid_base(class);
        for base in mro {
            if base.get::<Class>().is_none() {
                return Err(self.type_error(format!("mro() returned a non-class ('{}')", self.type_name(base))));
            }
            if !self.subclass_of(&solid, &self.solid_base(base)) {
                return Err(self.type_error(format!("mro() returned base with unsuitable layout ('{}')", self.class_name(base))));
            }
        }
        Ok(())
    }

    /// The bases of a class in order, the class itself first.
    pub(crate) fn mro_of(&self, class: &Obj) -> Vec<Obj> {
        self.class(class).mro.get().and_then(|mro| mro.get::<Tuple>().map(|mro| mro.items().to_vec())).unwrap_or_default()
    }
}
