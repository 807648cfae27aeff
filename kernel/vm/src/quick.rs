//! The instructions as they run: CPython's, and the special forms that the machine puts in their place while it runs.
//!
//! A form is chosen by what its operands were after a few runs, checks that they still are, and gives way to the plain instruction when
//! they are not. What it remembers stands in a [`Cache`](crate::objects::code::Cache).

use compile::Op;

/// How often an instruction runs before it is specialised.
pub(crate) const WARMUP: u8 = 2;
/// How often it runs after a special form has failed.
pub(crate) const BACKOFF: u8 = 60;

macro_rules! quick {
    ([$($op:ident,)*] [$($special:ident,)*]) => {
        /// One instruction of the running machine. The loop itself carries the first and the last, so that every number leads somewhere
        /// and none is compared with a bound.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[repr(u8)]
        pub(crate) enum Quick {
            $($op,)*
            /// Stands in the place of another instruction: see `trap.rs`.
            Trap,
            /// No compiler makes this.
            Bad,
            $($special,)*
        }

        impl Quick {
            /// Every instruction that code can have.
            #[cfg(debug_assertions)]
            pub(crate) const ALL: &[Quick] = &[$(Quick::$op,)* $(Quick::$special,)*];

            /// The plain form.
            pub(crate) fn from_op(op: Op) -> Quick {
                match op {
                    $(Op::$op => Quick::$op,)*
                    _ => Quick::Bad,
                }
            }
        }
    };
}

quick! {
    [
    Nop, BinarySlice, BuildTemplate, CallFunctionEx, CheckEgMatch, CheckExcMatch, CleanupThrow, DeleteSubscr, EndFor, EndSend,
    FormatSimple, FormatWithSpec, GetAiter, GetAnext, GetIter, GetLen, GetYieldFromIter, LoadBuildClass, LoadLocals,
    MakeFunction, MatchKeys, MatchMapping, MatchSequence, NotTaken, PopExcept, PopIter, PopTop, PushExcInfo, PushNull, ReturnGenerator,
    ReturnValue, SetupAnnotations, StoreSlice, StoreSubscr, ToBool, UnaryInvert, UnaryNegative, UnaryNot, WithExceptStart, BinaryOp,
    BuildInterpolation, BuildList, BuildMap, BuildSet, BuildSlice, BuildString, BuildTuple, Call, CallIntrinsic1, CallIntrinsic2, CallKw,
    CompareOp, ContainsOp, ConvertValue, Copy, CopyFreeVars, DeleteAttr, DeleteDeref, DeleteFast, DeleteGlobal, DeleteName, DictMerge,
    DictUpdate, EndAsyncFor, ForIter, GetAwaitable, ImportFrom, ImportName, IsOp, JumpBackward, JumpBackwardNoInterrupt, JumpForward,
    ListAppend, ListExtend, LoadAttr, LoadCommonConstant, LoadConst, LoadDeref, LoadFast, LoadFastAndClear, LoadFastBorrow,
    LoadFastBorrowLoadFastBorrow, LoadFastCheck, LoadFastLoadFast, LoadFromDictOrDeref, LoadFromDictOrGlobals, LoadGlobal, LoadName,
    LoadSmallInt, LoadSpecial, LoadSuperAttr, MakeCell, MapAdd, MatchClass, PopJumpIfFalse, PopJumpIfNone, PopJumpIfNotNone, PopJumpIfTrue,
    RaiseVarargs, Reraise, Send, SetAdd, SetFunctionAttribute, SetUpdate, StoreAttr, StoreDeref, StoreFast, StoreFastLoadFast,
    StoreFastStoreFast, StoreGlobal, StoreName, Swap, UnpackEx, UnpackSequence, YieldValue, Resume, BeforeAsyncWith, BeforeWith,
    BinarySubscr, BuildConstKeyMap, LoadAssertionError, ReturnConst,
    ] [
    // Specialised forms: see the file's header.
    LoadGlobalModule, LoadGlobalBuiltin, LoadAttrInstance, LoadAttrModule, LoadMethodInstance, LoadMethodPlain, StoreAttrInstance, CallInit,
    CallBuiltin, CallMethod, CallLen, CallIsInstance, CallListAppend, CallType1, CallStr1, ContainsDict, ContainsTuple, BinaryAddStr,
    BinaryAddInt, BinarySubtractInt, BinaryMultiplyInt, BinaryAndInt, BinaryRemainderInt, BinaryFloorDivideInt, BinaryAddFloat,
    BinarySubtractFloat, BinaryMultiplyFloat, SubscriptListInt, SubscriptTupleInt, SubscriptDict, StoreSubscriptListInt, StoreSubscriptDict,
    CompareInt, CompareFloat, CompareStr, ToBoolBool, ToBoolInt, ToBoolNone, ToBoolList, ToBoolStr, UnpackPair, LoadConstImmortal,
    ForIterRange, ForIterList, PairInts, PairFloats, PairCompare, LocalConstInts, LocalConstFloats, LocalConstCompare, LocalAttr,
    TypeOfLocal,
    ]
}

impl Quick {
    /// Whether special forms of the instruction remember something.
    pub(crate) fn has_cache(self) -> bool {
        use Quick::*;
        matches!(
            self,
            LoadGlobal
                | LoadAttr
                | StoreAttr
                | Call
                | CallKw
                | LoadSuperAttr
                | BinaryOp
                | CompareOp
                | ForIter
                | StoreSubscr
                | BinarySubscr
                | ToBool
                | ContainsOp
                | UnpackSequence
                | Send
        )
    }
}
