//! Every instruction that CPython 3.14 or 3.13 compiles to, and the pseudo ones its compiler uses on the way (long and flat: one table).
//!
//! What `arg` means and what an instruction does to the stack is the doc comment of its variant; the top of the stack is on the right.
//! Follows CPython's `bytecodes.c`, the metadata made from it, and `opcode_utils.h`.

use crate::version::Version;

macro_rules! opcodes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $v14:literal, $v13:literal;)*) => {
        /// One instruction. In docs, `[a, b] → [c]` is the stack before and after, and `arg` the instruction's argument.
        #[derive(serde::Serialize, serde::Deserialize, Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum Op {
            $($(#[$doc])* $variant,)*
        }

        /// Name, number in 3.14, number in 3.13 (-1: not there, or pseudo).
        const TABLE: &[(&str, i16, i16)] = &[$(($name, $v14, $v13),)*];

        impl Op {
            /// Every instruction, in the order of the table.
            pub const ALL: &[Op] = &[$(Op::$variant,)*];
        }
    };
}

opcodes! {
    /// Never in our streams: CPython's inline cache entry.
    Cache = "CACHE", 0, 0;
    /// CPython's opcode 17, which separates opcodes from instrumentation.
    Reserved = "RESERVED", 17, 17;
    /// `[container, start, stop] → [item]`.
    BinarySlice = "BINARY_SLICE", 1, 4;
    /// `[strings, interpolations] → [template]`.
    BuildTemplate = "BUILD_TEMPLATE", 2, -1;
    /// 3.14: `[callable, null_or_self, args, kwargs_or_null] → [result]`; 3.13: kwargs is only there if `arg & 1`.
    CallFunctionEx = "CALL_FUNCTION_EX", 4, 54;
    /// `[exc_group, type] → [rest, match]`.
    CheckEgMatch = "CHECK_EG_MATCH", 5, 6;
    /// `[exc, type] → [exc, bool]`.
    CheckExcMatch = "CHECK_EXC_MATCH", 6, 7;
    /// `[sub_iter, last_sent, exc] → [none, value]`, or raises it again if it is no StopIteration.
    CleanupThrow = "CLEANUP_THROW", 7, 8;
    /// `[container, sub] → []`.
    DeleteSubscr = "DELETE_SUBSCR", 8, 9;
    /// `[value] → []`: what the finished iterator left in the place of its item.
    EndFor = "END_FOR", 9, 11;
    /// `[receiver, value] → [value]`.
    EndSend = "END_SEND", 10, 12;
    /// `[should_be_none] → []`, in the shim frame around `__init__`.
    ExitInitCheck = "EXIT_INIT_CHECK", 11, 13;
    /// `[value] → [str]`.
    FormatSimple = "FORMAT_SIMPLE", 12, 14;
    /// `[value, spec] → [str]`.
    FormatWithSpec = "FORMAT_WITH_SPEC", 13, 15;
    /// `[obj] → [async_iterator]`.
    GetAiter = "GET_AITER", 14, 16;
    /// `[aiter] → [aiter, awaitable]`.
    GetAnext = "GET_ANEXT", 15, 18;
    /// `[iterable] → [iterator]`.
    GetIter = "GET_ITER", 16, 19;
    /// `[obj] → [obj, len]`.
    GetLen = "GET_LEN", 18, 20;
    /// `[iterable] → [iterator]`; a coroutine is let through only in coroutines.
    GetYieldFromIter = "GET_YIELD_FROM_ITER", 19, 21;
    /// `[value] → []`, leaves the machine.
    InterpreterExit = "INTERPRETER_EXIT", 20, 22;
    /// `[] → [__build_class__]`.
    LoadBuildClass = "LOAD_BUILD_CLASS", 21, 24;
    /// `[] → [locals]`.
    LoadLocals = "LOAD_LOCALS", 22, 25;
    /// `[code] → [function]`.
    MakeFunction = "MAKE_FUNCTION", 23, 26;
    /// `[subject, keys] → [subject, keys, values_or_none]`.
    MatchKeys = "MATCH_KEYS", 24, 27;
    /// `[subject] → [subject, bool]`.
    MatchMapping = "MATCH_MAPPING", 25, 28;
    /// `[subject] → [subject, bool]`.
    MatchSequence = "MATCH_SEQUENCE", 26, 29;
    /// `[] → []`: keeps a line for tracing.
    Nop = "NOP", 27, 30;
    /// `[] → []`: follows a conditional jump, for `sys.monitoring`.
    NotTaken = "NOT_TAKEN", 28, -1;
    /// `[exc_info] → []`: gives the previous handled exception back.
    PopExcept = "POP_EXCEPT", 29, 31;
    /// `[iterator] → []`.
    PopIter = "POP_ITER", 30, -1;
    /// `[value] → []`.
    PopTop = "POP_TOP", 31, 32;
    /// `[exc] → [previous_exc, exc]`, and `exc` is the handled one now.
    PushExcInfo = "PUSH_EXC_INFO", 32, 33;
    /// `[] → [null]`.
    PushNull = "PUSH_NULL", 33, 34;
    /// `[] → [none]`: makes the generator and returns it to the caller; the pushed value is what the first `send` gives.
    ReturnGenerator = "RETURN_GENERATOR", 34, 35;
    /// `[value] → []` (it reappears on the caller's stack).
    ReturnValue = "RETURN_VALUE", 35, 36;
    /// Makes sure that `__annotations__` is in the locals.
    SetupAnnotations = "SETUP_ANNOTATIONS", 36, 37;
    /// `[value, container, start, stop] → []`.
    StoreSlice = "STORE_SLICE", 37, 38;
    /// `[value, container, sub] → []`.
    StoreSubscr = "STORE_SUBSCR", 38, 39;
    /// `[value] → [bool]`.
    ToBool = "TO_BOOL", 39, 40;
    /// `[value] → [~value]`.
    UnaryInvert = "UNARY_INVERT", 40, 41;
    /// `[value] → [-value]`.
    UnaryNegative = "UNARY_NEGATIVE", 41, 42;
    /// `[bool] → [not bool]`; `TO_BOOL` came before.
    UnaryNot = "UNARY_NOT", 42, 43;
    /// 3.14: `[exit_func, exit_self, lasti, prev_exc, exc] → [.., result]`; 3.13 has no `exit_self`.
    WithExceptStart = "WITH_EXCEPT_START", 43, 44;
    /// `[left, right] → [result]`; `arg` is one of `NB_*`, 26 is subscription (3.14).
    BinaryOp = "BINARY_OP", 44, 45;
    /// `[value, str, (format if arg & 1)] → [interpolation]`; `arg >> 2` is the conversion.
    BuildInterpolation = "BUILD_INTERPOLATION", 45, -1;
    /// `[item] * arg → [list]`.
    BuildList = "BUILD_LIST", 46, 47;
    /// `[key, value] * arg → [dict]`.
    BuildMap = "BUILD_MAP", 47, 48;
    /// `[item] * arg → [set]`.
    BuildSet = "BUILD_SET", 48, 49;
    /// `[start, stop, (step if arg == 3)] → [slice]`.
    BuildSlice = "BUILD_SLICE", 49, 50;
    /// `[str] * arg → [str]`.
    BuildString = "BUILD_STRING", 50, 51;
    /// `[item] * arg → [tuple]`.
    BuildTuple = "BUILD_TUPLE", 51, 52;
    /// `[callable, self_or_null, args * arg] → [result]`.
    Call = "CALL", 52, 53;
    /// `[value] → [result]`; `arg` is an `INTRINSIC_*` of one operand.
    CallIntrinsic1 = "CALL_INTRINSIC_1", 53, 55;
    /// `[value2, value1] → [result]`; `arg` is an `INTRINSIC_*` of two operands.
    CallIntrinsic2 = "CALL_INTRINSIC_2", 54, 56;
    /// `[callable, self_or_null, args * arg, names_tuple] → [result]`.
    CallKw = "CALL_KW", 55, 57;
    /// `[left, right] → [result]`; `arg >> 5` is the comparison, `arg & 16` asks for a bool.
    CompareOp = "COMPARE_OP", 56, 58;
    /// `[left, right] → [bool]`; `arg` 1 inverts.
    ContainsOp = "CONTAINS_OP", 57, 59;
    /// `[value] → [str]`; `arg` 1 str, 2 repr, 3 ascii.
    ConvertValue = "CONVERT_VALUE", 58, 60;
    /// `[.., value at arg, ..] → [.., value]`: pushes the item that is `arg` deep.
    Copy = "COPY", 59, 61;
    /// Copies the function's closure of `arg` cells into the frame.
    CopyFreeVars = "COPY_FREE_VARS", 60, 62;
    /// `[owner] → []`; `arg` is the name.
    DeleteAttr = "DELETE_ATTR", 61, 63;
    /// Empties the cell in slot `arg`, which must not be empty.
    DeleteDeref = "DELETE_DEREF", 62, 64;
    /// Empties slot `arg`, which must not be empty.
    DeleteFast = "DELETE_FAST", 63, 65;
    /// Deletes global name `arg`.
    DeleteGlobal = "DELETE_GLOBAL", 64, 66;
    /// Deletes name `arg` in the locals.
    DeleteName = "DELETE_NAME", 65, 67;
    /// `[dict .. , update] → [dict ..]`: `**` of a call; the callable is below, for the message.
    DictMerge = "DICT_MERGE", 66, 68;
    /// `[dict .. , update] → [dict ..]`.
    DictUpdate = "DICT_UPDATE", 67, 69;
    /// `[awaitable, exc] → []`, or raises `exc` again if it is no StopAsyncIteration. 3.14's `arg` is its `END_SEND`, only for monitoring.
    EndAsyncFor = "END_ASYNC_FOR", 68, 10;
    /// Never in our streams: CPython's JIT.
    EnterExecutor = "ENTER_EXECUTOR", 255, 70;
    /// Never in our streams: `arg` is 32 bits wide.
    ExtendedArg = "EXTENDED_ARG", 69, 71;
    /// `[iterator] → [iterator, next]`, or jumps with `[iterator, null]`-like depth to `END_FOR`.
    ForIter = "FOR_ITER", 70, 72;
    /// `[iterable] → [awaitable]`; `arg` 1 after `__aenter__`, 2 after `__aexit__`.
    GetAwaitable = "GET_AWAITABLE", 71, 73;
    /// `[module] → [module, attribute]`.
    ImportFrom = "IMPORT_FROM", 72, 74;
    /// `[level, fromlist] → [module]`.
    ImportName = "IMPORT_NAME", 73, 75;
    /// `[left, right] → [bool]`; `arg` 1 inverts.
    IsOp = "IS_OP", 74, 76;
    /// Jumps to `arg` and looks for signals.
    JumpBackward = "JUMP_BACKWARD", 75, 77;
    /// Jumps to `arg`.
    JumpBackwardNoInterrupt = "JUMP_BACKWARD_NO_INTERRUPT", 76, 78;
    /// Jumps to `arg`.
    JumpForward = "JUMP_FORWARD", 77, 79;
    /// `[list, .. (arg), item] → [list, ..]`.
    ListAppend = "LIST_APPEND", 78, 80;
    /// `[list, .. (arg), iterable] → [list, ..]`.
    ListExtend = "LIST_EXTEND", 79, 81;
    /// `[owner] → [attr]`, or with `arg & 1` a method call: `[owner] → [function, owner]` or `[attr, null]`. The name is `arg >> 1`.
    LoadAttr = "LOAD_ATTR", 80, 82;
    /// `[] → [value]`: 0 AssertionError, 1 NotImplementedError, 2 tuple, 3 all, 4 any.
    LoadCommonConstant = "LOAD_COMMON_CONSTANT", 81, -1;
    /// `[] → [const]`.
    LoadConst = "LOAD_CONST", 82, 83;
    /// `[] → [value]` of the cell in slot `arg`, which must not be empty.
    LoadDeref = "LOAD_DEREF", 83, 84;
    /// `[] → [value]`: a new reference; the slot is known to be bound.
    LoadFast = "LOAD_FAST", 84, 85;
    /// `[] → [value or null]`: moves the value out of the slot.
    LoadFastAndClear = "LOAD_FAST_AND_CLEAR", 85, 86;
    /// `[] → [value]`: borrowed, the refcount does not change.
    LoadFastBorrow = "LOAD_FAST_BORROW", 86, -1;
    /// `[] → [first, second]`, both borrowed: slots `arg >> 4` and `arg & 15`.
    LoadFastBorrowLoadFastBorrow = "LOAD_FAST_BORROW_LOAD_FAST_BORROW", 87, -1;
    /// `[] → [value]`, or UnboundLocalError.
    LoadFastCheck = "LOAD_FAST_CHECK", 88, 87;
    /// `[] → [first, second]`: slots `arg >> 4` and `arg & 15`.
    LoadFastLoadFast = "LOAD_FAST_LOAD_FAST", 89, 88;
    /// `[dict] → [value]`: the name of slot `arg` in the dict, else its cell.
    LoadFromDictOrDeref = "LOAD_FROM_DICT_OR_DEREF", 90, 89;
    /// `[dict] → [value]`: name `arg` in the dict, else globals, else builtins.
    LoadFromDictOrGlobals = "LOAD_FROM_DICT_OR_GLOBALS", 91, 90;
    /// `[] → [value]`, with `arg & 1` `[value, null]`. The name is `arg >> 1`.
    LoadGlobal = "LOAD_GLOBAL", 92, 91;
    /// `[] → [value]`: locals, globals, builtins.
    LoadName = "LOAD_NAME", 93, 92;
    /// `[] → [int]`: `arg` itself, 0..=255.
    LoadSmallInt = "LOAD_SMALL_INT", 94, -1;
    /// `[owner] → [method, self_or_null]`: 0 `__enter__`, 1 `__exit__`, 2 `__aenter__`, 3 `__aexit__`.
    LoadSpecial = "LOAD_SPECIAL", 95, -1;
    /// `[super, class, self] → [attr]`, with `arg & 1` `[function, self]`. `arg & 2`: two-argument form. The name is `arg >> 2`.
    LoadSuperAttr = "LOAD_SUPER_ATTR", 96, 93;
    /// Puts the value of slot `arg` into a new cell in that slot.
    MakeCell = "MAKE_CELL", 97, 94;
    /// `[dict, .. (arg), key, value] → [dict, ..]`.
    MapAdd = "MAP_ADD", 98, 95;
    /// `[subject, type, names] → [attributes_or_none]`; `arg` positional patterns.
    MatchClass = "MATCH_CLASS", 99, 96;
    /// `[bool] → []`.
    PopJumpIfFalse = "POP_JUMP_IF_FALSE", 100, 97;
    /// `[value] → []`.
    PopJumpIfNone = "POP_JUMP_IF_NONE", 101, 98;
    /// `[value] → []`.
    PopJumpIfNotNone = "POP_JUMP_IF_NOT_NONE", 102, 99;
    /// `[bool] → []`.
    PopJumpIfTrue = "POP_JUMP_IF_TRUE", 103, 100;
    /// `[(exc if arg > 0), (cause if arg == 2)] → []`, raises.
    RaiseVarargs = "RAISE_VARARGS", 104, 101;
    /// `[.. (lasti at arg) .., exc] → [..]`, raises.
    Reraise = "RERAISE", 105, 102;
    /// `[receiver, value] → [receiver, yielded]`, or jumps to `arg` with `[receiver, returned]`.
    Send = "SEND", 106, 104;
    /// `[set, .. (arg), item] → [set, ..]`.
    SetAdd = "SET_ADD", 107, 105;
    /// `[value, function] → [function]`: 1 defaults, 2 kwdefaults, 4 annotations, 8 closure, 16 annotate.
    SetFunctionAttribute = "SET_FUNCTION_ATTRIBUTE", 108, 106;
    /// `[set, .. (arg), iterable] → [set, ..]`.
    SetUpdate = "SET_UPDATE", 109, 107;
    /// `[value, owner] → []`; `arg` is the name.
    StoreAttr = "STORE_ATTR", 110, 108;
    /// `[value] → []` into the cell in slot `arg`.
    StoreDeref = "STORE_DEREF", 111, 109;
    /// `[value] → []`.
    StoreFast = "STORE_FAST", 112, 110;
    /// `[value] → [loaded]`: stores into slot `arg >> 4`, loads slot `arg & 15`.
    StoreFastLoadFast = "STORE_FAST_LOAD_FAST", 113, 111;
    /// `[second, first] → []`: the top into slot `arg >> 4`, then the next into slot `arg & 15`.
    StoreFastStoreFast = "STORE_FAST_STORE_FAST", 114, 112;
    /// `[value] → []`.
    StoreGlobal = "STORE_GLOBAL", 115, 113;
    /// `[value] → []`.
    StoreName = "STORE_NAME", 116, 114;
    /// Exchanges the top with the item that is `arg` deep (the top is 1).
    Swap = "SWAP", 117, 115;
    /// `[seq] → [after.., rest, before..]`: `arg & 255` before, `arg >> 8` after the star; the first is on top.
    UnpackEx = "UNPACK_EX", 118, 116;
    /// `[seq] → [item] * arg`; the first is on top.
    UnpackSequence = "UNPACK_SEQUENCE", 119, 117;
    /// `[value] → [sent]`; `arg` is 1 if it is part of an `await` or `yield from`.
    YieldValue = "YIELD_VALUE", 120, 118;
    /// Start of a frame or what follows a yield: `arg & 3` is 0 start, 1 yield, 2 yield from, 3 await; `arg & 4` at exception depth 1.
    Resume = "RESUME", 128, 149;
    /// 3.13: `[manager] → [aexit, awaitable]`.
    BeforeAsyncWith = "BEFORE_ASYNC_WITH", -1, 1;
    /// 3.13: `[manager] → [exit, entered]`.
    BeforeWith = "BEFORE_WITH", -1, 2;
    /// 3.13: `[container, sub] → [item]`.
    BinarySubscr = "BINARY_SUBSCR", -1, 5;
    /// 3.13: `[value * arg, keys_tuple] → [dict]`.
    BuildConstKeyMap = "BUILD_CONST_KEY_MAP", -1, 46;
    /// 3.13: `[] → [AssertionError]`.
    LoadAssertionError = "LOAD_ASSERTION_ERROR", -1, 23;
    /// 3.13: returns constant `arg`.
    ReturnConst = "RETURN_CONST", -1, 103;
    /// Pseudo: where 3.14 splices in the setup of conditional annotations.
    AnnotationsPlaceholder = "ANNOTATIONS_PLACEHOLDER", -1, -1;
    /// Pseudo: forward or backward, decided at the end.
    Jump = "JUMP", -1, -1;
    /// Pseudo: `[value] → [value]`: becomes `COPY 1, TO_BOOL, POP_JUMP_IF_FALSE`.
    JumpIfFalse = "JUMP_IF_FALSE", -1, -1;
    /// Pseudo: `[value] → [value]`: becomes `COPY 1, TO_BOOL, POP_JUMP_IF_TRUE`.
    JumpIfTrue = "JUMP_IF_TRUE", -1, -1;
    /// Pseudo: a jump that never looks for signals.
    JumpNoInterrupt = "JUMP_NO_INTERRUPT", -1, -1;
    /// Pseudo: `[] → [cell]`: becomes `LOAD_FAST`.
    LoadClosure = "LOAD_CLOSURE", -1, -1;
    /// Pseudo of 3.13: `LOAD_ATTR` with `arg & 1`.
    LoadMethod = "LOAD_METHOD", -1, -1;
    /// Pseudo of 3.13: `LOAD_SUPER_ATTR` with `arg & 1`.
    LoadSuperMethod = "LOAD_SUPER_METHOD", -1, -1;
    /// Pseudo of 3.13: `LOAD_SUPER_ATTR` of `super()`.
    LoadZeroSuperAttr = "LOAD_ZERO_SUPER_ATTR", -1, -1;
    /// Pseudo of 3.13: both of the above.
    LoadZeroSuperMethod = "LOAD_ZERO_SUPER_METHOD", -1, -1;
    /// Pseudo: ends the innermost `SETUP_*`.
    PopBlock = "POP_BLOCK", -1, -1;
    /// Pseudo: exceptions from here to `POP_BLOCK` go to the target, with lasti.
    SetupCleanup = "SETUP_CLEANUP", -1, -1;
    /// Pseudo: exceptions from here to `POP_BLOCK` go to the target.
    SetupFinally = "SETUP_FINALLY", -1, -1;
    /// Pseudo: `SETUP_CLEANUP` for a `with`; the result of `__enter__` is dropped.
    SetupWith = "SETUP_WITH", -1, -1;
    /// Pseudo: `STORE_FAST` of what `LOAD_FAST_AND_CLEAR` moved out.
    StoreFastMaybeNull = "STORE_FAST_MAYBE_NULL", -1, -1;
}

impl Op {
    /// CPython's name: `LOAD_FAST_BORROW`.
    pub fn name(self) -> &'static str {
        TABLE[self as usize].0
    }

    /// CPython's number, or `None` if that version has no such instruction.
    pub fn number(self, version: Version) -> Option<u8> {
        let (_, v14, v13) = TABLE[self as usize];
        u8::try_from(if version >= Version::V3_14 { v14 } else { v13 }).ok()
    }

    /// Does the instruction use its argument?
    pub fn has_arg(self, version: Version) -> bool {
        match self {
            Op::PopBlock | Op::AnnotationsPlaceholder => false,
            _ => match self.number(version) {
                Some(number) if version >= Version::V3_14 => number > 43,
                Some(number) => number > 44,
                None => true,
            },
        }
    }

    /// Does `arg` index the constants?
    pub fn has_const(self) -> bool {
        matches!(self, Op::LoadConst | Op::ReturnConst)
    }

    /// Does `arg` index (perhaps shifted) the names?
    pub fn has_name(self) -> bool {
        matches!(
            self,
            Op::DeleteAttr
                | Op::DeleteGlobal
                | Op::DeleteName
                | Op::ImportFrom
                | Op::ImportName
                | Op::LoadAttr
                | Op::LoadFromDictOrGlobals
                | Op::LoadGlobal
                | Op::LoadName
                | Op::LoadSuperAttr
                | Op::StoreAttr
                | Op::StoreGlobal
                | Op::StoreName
        )
    }

    /// Does `arg` index the cells and free variables (while compiling), or their slot (in finished code)?
    pub fn has_free(self) -> bool {
        matches!(self, Op::MakeCell | Op::LoadClosure | Op::LoadDeref | Op::StoreDeref | Op::DeleteDeref | Op::LoadFromDictOrDeref)
    }

    /// Is `arg` one slot of a local?
    pub fn has_local(self) -> bool {
        matches!(
            self,
            Op::LoadFast
                | Op::LoadFastBorrow
                | Op::LoadFastCheck
                | Op::LoadFastAndClear
                | Op::StoreFast
                | Op::DeleteFast
                | Op::StoreFastMaybeNull
        )
    }

    /// Is `arg` two slots of locals, four bits each?
    pub fn has_two_locals(self) -> bool {
        matches!(self, Op::LoadFastLoadFast | Op::LoadFastBorrowLoadFastBorrow | Op::StoreFastLoadFast | Op::StoreFastStoreFast)
    }

    /// Is `arg` the index of another instruction? In finished code it is absolute.
    pub fn is_jump(self) -> bool {
        self.is_unconditional_jump()
            || self.is_conditional_jump()
            || matches!(self, Op::ForIter | Op::Send | Op::EndAsyncFor | Op::JumpIfFalse | Op::JumpIfTrue)
    }

    /// Does a label belong to the instruction: a jump or the start of a protected block?
    pub fn has_target(self, version: Version) -> bool {
        match self {
            Op::EndAsyncFor => version >= Version::V3_14,
            _ => self.is_jump() || self.is_block_push(),
        }
    }

    /// Jumps always.
    pub fn is_unconditional_jump(self) -> bool {
        matches!(self, Op::Jump | Op::JumpNoInterrupt | Op::JumpForward | Op::JumpBackward | Op::JumpBackwardNoInterrupt)
    }

    /// `POP_JUMP_IF_*`.
    pub fn is_conditional_jump(self) -> bool {
        matches!(self, Op::PopJumpIfFalse | Op::PopJumpIfTrue | Op::PopJumpIfNone | Op::PopJumpIfNotNone)
    }

    /// Shown by `dis` as a distance backwards.
    pub fn is_backward_jump(self) -> bool {
        matches!(self, Op::JumpBackward | Op::JumpBackwardNoInterrupt | Op::EndAsyncFor)
    }

    /// Starts a protected block: pseudo, gone in finished code.
    pub fn is_block_push(self) -> bool {
        matches!(self, Op::SetupFinally | Op::SetupWith | Op::SetupCleanup)
    }

    /// Leaves the frame.
    pub fn is_scope_exit(self) -> bool {
        matches!(self, Op::ReturnValue | Op::ReturnConst | Op::RaiseVarargs | Op::Reraise)
    }

    /// Ends a basic block.
    pub fn is_terminator(self) -> bool {
        self.is_scope_exit() || (self.is_jump() && self != Op::EndAsyncFor)
    }

    /// How many units of 2 bytes of inline cache follow in CPython's code: offsets depend on it.
    pub fn cache_units(self, version: Version) -> usize {
        let new = version >= Version::V3_14;
        match self {
            Op::BinaryOp if new => 5,
            Op::BinaryOp | Op::BinarySubscr => 1,
            Op::LoadGlobal | Op::StoreAttr => 4,
            Op::LoadAttr => 9,
            Op::Call | Op::ToBool => 3,
            Op::CallKw if new => 3,
            Op::UnpackSequence
            | Op::CompareOp
            | Op::ContainsOp
            | Op::ForIter
            | Op::LoadSuperAttr
            | Op::StoreSubscr
            | Op::Send
            | Op::JumpBackward
            | Op::PopJumpIfTrue
            | Op::PopJumpIfFalse
            | Op::PopJumpIfNone
            | Op::PopJumpIfNotNone => 1,
            _ => 0,
        }
    }

    /// How many items the instruction takes from the stack, counting those it puts back.
    pub fn popped(self, arg: u32, version: Version) -> usize {
        let n = arg as usize;
        let new = version >= Version::V3_14;
        match self {
            Op::BuildMap => n * 2,
            Op::BuildList | Op::BuildSet | Op::BuildString | Op::BuildTuple | Op::RaiseVarargs => n,
            Op::BuildSlice if new => n,
            Op::BuildSlice => 2 + usize::from(arg == 3),
            Op::BuildConstKeyMap => n + 1,
            Op::BuildInterpolation => 2 + (n & 1),
            Op::BuildTemplate => 2,
            Op::Call => n + 2,
            Op::CallKw => n + 3,
            Op::CallFunctionEx if new => 4,
            Op::CallFunctionEx => 3 + (n & 1),
            Op::Copy | Op::Swap => n,
            Op::ListAppend | Op::ListExtend | Op::SetAdd | Op::SetUpdate | Op::DictUpdate => n + 1,
            Op::MapAdd => n + 2,
            Op::DictMerge => n + 4,
            Op::Reraise => n + 1,
            Op::StoreSlice => 4,
            Op::BinarySlice | Op::StoreSubscr | Op::LoadSuperAttr | Op::MatchClass | Op::CleanupThrow => 3,
            Op::LoadSuperMethod | Op::LoadZeroSuperAttr | Op::LoadZeroSuperMethod => 3,
            Op::WithExceptStart => {
                if new {
                    5
                } else {
                    4
                }
            }
            Op::BinaryOp
            | Op::BinarySubscr
            | Op::CallIntrinsic2
            | Op::CheckEgMatch
            | Op::CheckExcMatch
            | Op::CompareOp
            | Op::ContainsOp
            | Op::DeleteSubscr
            | Op::EndAsyncFor
            | Op::EndSend
            | Op::FormatWithSpec
            | Op::ImportName
            | Op::IsOp
            | Op::MatchKeys
            | Op::Send
            | Op::SetFunctionAttribute
            | Op::StoreAttr
            | Op::StoreFastStoreFast => 2,
            Op::BeforeAsyncWith
            | Op::BeforeWith
            | Op::CallIntrinsic1
            | Op::ConvertValue
            | Op::DeleteAttr
            | Op::EndFor
            | Op::ExitInitCheck
            | Op::ForIter
            | Op::FormatSimple
            | Op::GetAiter
            | Op::GetAnext
            | Op::GetAwaitable
            | Op::GetIter
            | Op::GetLen
            | Op::GetYieldFromIter
            | Op::ImportFrom
            | Op::InterpreterExit
            | Op::JumpIfFalse
            | Op::JumpIfTrue
            | Op::LoadAttr
            | Op::LoadMethod
            | Op::LoadFromDictOrDeref
            | Op::LoadFromDictOrGlobals
            | Op::LoadSpecial
            | Op::MakeFunction
            | Op::MatchMapping
            | Op::MatchSequence
            | Op::PopExcept
            | Op::PopIter
            | Op::PopJumpIfFalse
            | Op::PopJumpIfNone
            | Op::PopJumpIfNotNone
            | Op::PopJumpIfTrue
            | Op::PopTop
            | Op::PushExcInfo
            | Op::ReturnValue
            | Op::StoreDeref
            | Op::StoreFast
            | Op::StoreFastLoadFast
            | Op::StoreFastMaybeNull
            | Op::StoreGlobal
            | Op::StoreName
            | Op::ToBool
            | Op::UnaryInvert
            | Op::UnaryNegative
            | Op::UnaryNot
            | Op::UnpackEx
            | Op::UnpackSequence
            | Op::YieldValue => 1,
            _ => 0,
        }
    }

    /// How many items the instruction leaves in place of those it took; for a block push, what its handler finds.
    pub fn pushed(self, arg: u32, version: Version) -> usize {
        let n = arg as usize;
        let new = version >= Version::V3_14;
        match self {
            Op::Copy => n + 1,
            Op::Swap => n,
            Op::ListAppend | Op::ListExtend | Op::SetAdd | Op::SetUpdate | Op::DictUpdate | Op::MapAdd => n,
            Op::DictMerge => n + 3,
            Op::Reraise => n,
            Op::UnpackSequence => n,
            Op::UnpackEx => (n & 0xff) + (n >> 8) + 1,
            Op::LoadAttr | Op::LoadGlobal | Op::LoadSuperAttr => 1 + (n & 1),
            Op::LoadMethod | Op::LoadSuperMethod | Op::LoadZeroSuperMethod => 2,
            Op::LoadSpecial => 2,
            Op::ReturnValue => usize::from(new),
            Op::SetupCleanup => 2,
            Op::SetupFinally | Op::SetupWith => 1,
            Op::WithExceptStart => {
                if new {
                    6
                } else {
                    5
                }
            }
            Op::MatchKeys => 3,
            Op::BeforeAsyncWith
            | Op::BeforeWith
            | Op::CheckEgMatch
            | Op::CheckExcMatch
            | Op::CleanupThrow
            | Op::ForIter
            | Op::GetAnext
            | Op::GetLen
            | Op::ImportFrom
            | Op::LoadFastLoadFast
            | Op::LoadFastBorrowLoadFastBorrow
            | Op::MatchMapping
            | Op::MatchSequence
            | Op::PushExcInfo
            | Op::Send => 2,
            Op::BinaryOp
            | Op::BinarySlice
            | Op::BinarySubscr
            | Op::BuildConstKeyMap
            | Op::BuildInterpolation
            | Op::BuildList
            | Op::BuildMap
            | Op::BuildSet
            | Op::BuildSlice
            | Op::BuildString
            | Op::BuildTemplate
            | Op::BuildTuple
            | Op::Call
            | Op::CallFunctionEx
            | Op::CallIntrinsic1
            | Op::CallIntrinsic2
            | Op::CallKw
            | Op::CompareOp
            | Op::ContainsOp
            | Op::ConvertValue
            | Op::EndSend
            | Op::FormatSimple
            | Op::FormatWithSpec
            | Op::GetAiter
            | Op::GetAwaitable
            | Op::GetIter
            | Op::GetYieldFromIter
            | Op::ImportName
            | Op::IsOp
            | Op::JumpIfFalse
            | Op::JumpIfTrue
            | Op::LoadAssertionError
            | Op::LoadBuildClass
            | Op::LoadClosure
            | Op::LoadCommonConstant
            | Op::LoadConst
            | Op::LoadDeref
            | Op::LoadFast
            | Op::LoadFastAndClear
            | Op::LoadFastBorrow
            | Op::LoadFastCheck
            | Op::LoadFromDictOrDeref
            | Op::LoadFromDictOrGlobals
            | Op::LoadLocals
            | Op::LoadName
            | Op::LoadSmallInt
            | Op::LoadZeroSuperAttr
            | Op::MakeFunction
            | Op::MatchClass
            | Op::PushNull
            | Op::ReturnGenerator
            | Op::SetFunctionAttribute
            | Op::StoreFastLoadFast
            | Op::ToBool
            | Op::UnaryInvert
            | Op::UnaryNegative
            | Op::UnaryNot
            | Op::YieldValue => 1,
            _ => 0,
        }
    }

    /// The change of the stack's height; `jump`: when the jump is taken, or the block's handler entered.
    pub fn stack_effect(self, arg: u32, jump: bool, version: Version) -> isize {
        if self.is_block_push() && !jump {
            return 0;
        }
        self.pushed(arg, version) as isize - self.popped(arg, version) as isize
    }
}
