//! The names that the machine itself looks up, interned once.

use heap::Obj;

macro_rules! names {
    ($($name:ident)*) => {
        /// Interned strings of these values.
        pub(crate) struct Names {
            $(pub(crate) $name: Obj,)*
        }

        impl Names {
            /// Interns them all with `intern`.
            pub(crate) fn new(mut intern: impl FnMut(&str) -> Obj) -> Names {
                Names { $($name: intern(stringify!($name)),)* }
            }
        }
    };
}

names! {
    __abstractmethods__ __annotate__ __annotate_func__ __annotations__ __annotations_cache__ __args__ __bases__ __bool__ __bytes__ __call__ __class__
    __class_getitem__ __classcell__ __classdictcell__ __complex__ __contains__ __del__ __delattr__ __delete__ __delitem__ __dict__ __dir__ __doc__
    __eq__ __firstlineno__ __float__ __format__ __fspath__ __ge__ __get__ __getattr__ __getattribute__ __getinitargs__ __getitem__ __getnewargs__
    __getnewargs_ex__ __getstate__ __gt__ __hash__ __index__ __init__ __init_subclass__ __instancecheck__ __int__ __iter__ __le__ __len__
    __length_hint__ __lt__ __main__ __missing__ __module__ __mro_entries__ __name__ __ne__ __new__ __next__ __orig_bases__ __parameters__
    __prepare__ __qualname__ __reduce__ __reduce_ex__ __repr__ __reversed__ __round__ __set__ __set_name__ __setattr__ __setitem__ __sizeof__
    __signature__ __slotnames__ __slots__ __static_attributes__ __str__ __subclasscheck__ __subclasshook__ __text_signature__ __trunc__
    __type_params__ __weakref__ __wrapped__ __isabstractmethod__ __loader__ __spec__ __package__ __builtins__ __file__ __path__ __origin__
    __typing_subst__ __typing_unpacked_tuple_args__ __unpacked__ __await__ __aiter__ __anext__ __objclass__ __self__ __match_args__ builtins
    __neg__ __pos__ __abs__ __invert__ __add__ __radd__ __iadd__ __sub__ __rsub__ __isub__ __mul__ __rmul__ __imul__ __mod__ __rmod__ __imod__
    __pow__ __rpow__ __ipow__ __lshift__ __rlshift__ __ilshift__ __rshift__ __rrshift__ __irshift__ __and__ __rand__ __iand__ __xor__ __rxor__
    __ixor__ __or__ __ror__ __ior__ __floordiv__ __rfloordiv__ __ifloordiv__ __truediv__ __rtruediv__ __itruediv__ __matmul__ __rmatmul__
    __imatmul__ __divmod__ __rdivmod__
    mro
}
