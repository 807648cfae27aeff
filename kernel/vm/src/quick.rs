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
        /// One instruction of the running machine.
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
    LoadGlobalModule, LoadGlobalBuiltin, LoadAttrInstance, LoadAttrModule, LoadAttrClass, LoadAttrSlot, LoadMethodInstance, LoadMethodPlain,
    StoreAttrInstance, StoreAttrSlot, CallInit, CallBuiltin, CallMethod, CallLen, CallIsInstance, CallListAppend, CallType1, CallStr1, ContainsDict, ContainsTuple, BinaryAddStr,
    BinaryAddInt, BinarySubtractInt, BinaryMultiplyInt, BinaryAndInt, BinaryRemainderInt, BinaryFloorDivideInt, BinaryAddFloat,
    BinarySubtractFloat, BinaryMultiplyFloat, SubscriptListInt, SubscriptTupleInt, SubscriptDict, StoreSubscriptListInt, StoreSubscriptDict,
    CompareInt, CompareFloat, CompareStr, ToBoolBool, ToBoolInt, ToBoolNone, ToBoolList, ToBoolStr, UnpackPair, LoadConstImmortal,
    ForIterRange, ForIterList, PairInts, PairFloats, PairCompare, LocalConstInts, LocalConstFloats, LocalConstCompare, LocalAttr,
    TypeOfLocal,
    ]
}

/// The instructions that `rare.rs` runs, as a pattern: with it the loop's own match is whole, and no instruction is compared with a bound.
macro_rules! rare {
    () => {
        Quick::BinarySlice
            | Quick::BuildTemplate
            | Quick::CallFunctionEx
            | Quick::CheckEgMatch
            | Quick::CleanupThrow
            | Quick::DeleteSubscr
            | Quick::EndSend
            | Quick::FormatWithSpec
            | Quick::GetAiter
            | Quick::GetAnext
            | Quick::GetLen
            | Quick::GetYieldFromIter
            | Quick::LoadBuildClass
            | Quick::LoadLocals
            | Quick::MakeFunction
            | Quick::MatchKeys
            | Quick::MatchMapping
            | Quick::MatchSequence
            | Quick::SetupAnnotations
            | Quick::StoreSlice
            | Quick::UnaryInvert
            | Quick::UnaryNegative
            | Quick::WithExceptStart
            | Quick::BuildInterpolation
            | Quick::BuildMap
            | Quick::BuildSet
            | Quick::BuildSlice
            | Quick::CallIntrinsic1
            | Quick::CallIntrinsic2
            | Quick::CallKw
            | Quick::ConvertValue
            | Quick::DeleteAttr
            | Quick::DeleteDeref
            | Quick::DeleteFast
            | Quick::DeleteGlobal
            | Quick::DeleteName
            | Quick::DictMerge
            | Quick::DictUpdate
            | Quick::EndAsyncFor
            | Quick::GetAwaitable
            | Quick::ImportFrom
            | Quick::ImportName
            | Quick::ListExtend
            | Quick::LoadCommonConstant
            | Quick::LoadFromDictOrDeref
            | Quick::LoadFromDictOrGlobals
            | Quick::LoadSpecial
            | Quick::LoadSuperAttr
            | Quick::MakeCell
            | Quick::MapAdd
            | Quick::MatchClass
            | Quick::RaiseVarargs
            | Quick::Reraise
            | Quick::Send
            | Quick::SetAdd
            | Quick::SetFunctionAttribute
            | Quick::SetUpdate
            | Quick::StoreGlobal
            | Quick::UnpackEx
            | Quick::UnpackSequence
            | Quick::BeforeAsyncWith
            | Quick::BeforeWith
            | Quick::BuildConstKeyMap
            | Quick::LoadAssertionError
            | Quick::Trap
            | Quick::Bad
    };
}
pub(crate) use rare;

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
