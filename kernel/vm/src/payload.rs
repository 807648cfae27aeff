//! `payload!`: the parts of [`heap::Payload`], written from the list of a struct's slots.

/// Implements [`heap::Payload`] for a struct whose references all stand in [`heap::Slot`] fields.
///
/// The order of the fields is the order of `tp_traverse`, `tp_clear` and of release. `clear [...]` names the slots that `tp_clear` empties,
/// when not all of them are.
#[macro_export]
macro_rules! payload {
    ($type:ty, $kind:expr, { $($field:ident),* $(,)? }) => {
        $crate::payload!($type, $kind, { $($field),* }, clear [$($field),*]);
    };
    ($type:ty, $kind:expr, { $($field:ident),* $(,)? }, clear [$($cleared:ident),* $(,)?]) => {
        impl ::heap::Payload for $type {
            const KIND: ::heap::Kind = $kind;
            const SLOTS: &'static [::heap::Place] = ::heap::slots!($type; $($field),*);
            #[allow(unused_variables, reason = "a payload may have no references")]
            fn holds(&self, visit: ::heap::LabelledVisit<'_>) {
                $(if let Some(held) = self.$field.get() { visit(::heap::Label::Field(stringify!($field)), &held); })*
            }
            #[allow(unused_variables, reason = "a payload may have no references")]
            fn clear(&self, trash: &mut ::heap::Trash<'_>) {
                $(trash.take(&self.$cleared);)*
            }
        }
    };
}

/// Implements [`heap::Payload`] for a struct without references to tracked objects.
#[macro_export]
macro_rules! leaf_payload {
    ($type:ty, $kind:expr) => {
        impl ::heap::Payload for $type {
            const KIND: ::heap::Kind = $kind;
            const LEAF: bool = true;
            fn traverse(&self, _: ::heap::Visit<'_>) {}
            fn clear(&self, _: &mut ::heap::Trash<'_>) {}
        }
    };
}
