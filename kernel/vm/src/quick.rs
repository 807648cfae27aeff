//! The instructions as they run: CPython's, and the special forms that the machine puts in their place while it runs.
//!
//! A form is chosen by what its operands were after a few runs, checks that they still are, and gives way to the plain instruction when
//! they are not. What it remembers stands in a [`Cache`](crate::objects::code::Cache).

use compile::Op;
#[cfg(debug_assertions)]
use compile::Version;

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

/// The versions before 3.13 take its instructions. Some of them are of no use before a version, and why.
#[cfg(debug_assertions)]
pub(crate) const LATER: &[(Version, &[Quick], &str)] = &[
    (Version::V3_12, &[Quick::LoadFastAndClear], "no comprehension is inlined"),
    (Version::V3_12, &[Quick::LoadFromDictOrGlobals], "there are no type parameters and no `type` statement"),
    (Version::V3_11, &[Quick::CheckEgMatch, Quick::CallIntrinsic2], "there is no `except*`"),
    (
        Version::V3_11,
        &[Quick::LoadAttrInstance, Quick::StoreAttrInstance, Quick::LoadMethodInstance],
        "an instance keeps its attributes in a dict from the first on",
    ),
];

impl Quick {
    /// Whether code of this version can have the instruction: its compiler's table says so, of a special form that of the plain
    /// instruction which it takes the place of.
    #[cfg(debug_assertions)]
    pub(crate) fn is_of(self, version: Version) -> bool {
        use Quick::*;
        if LATER.iter().any(|(first, later, _)| version < *first && later.contains(&self)) {
            return false;
        }
        let plain = match self {
            PairInts | PairFloats | PairCompare => LoadFastBorrowLoadFastBorrow,
            LocalConstInts | LocalConstFloats | LocalConstCompare | LocalAttr => LoadFastBorrow,
            plain => plain,
        };
        // All others that are special take the place of what every version has.
        Op::ALL.iter().find(|op| Quick::from_op(**op) == plain).is_none_or(|op| op.number(version).is_some())
    }

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
