//! `errno`: the names of error numbers (Linux's).

use super::ModuleSpec;

pub(super) static MODULE: ModuleSpec = ModuleSpec {
    name: "errno",
    functions: &[],
    init: |vm, module| {
        let (dict, codes) = (vm.module_dict(module), vm.dict());
        for (number, name) in NUMBERS {
            vm.dict_set_str(&dict, name, vm.int(*number));
            vm.dict_set(&codes, &vm.int(*number), vm.str(name))?;
        }
        vm.dict_set_str(&dict, "errorcode", codes);
        Ok(())
    },
};

#[rustfmt::skip]
const NUMBERS: &[(i64, &str)] = &[
    (1, "EPERM"), (2, "ENOENT"), (3, "ESRCH"), (4, "EINTR"), (5, "EIO"), (6, "ENXIO"), (7, "E2BIG"), (8, "ENOEXEC"), (9, "EBADF"), (10, "ECHILD"),
    (11, "EAGAIN"), (12, "ENOMEM"), (13, "EACCES"), (14, "EFAULT"), (16, "EBUSY"), (17, "EEXIST"), (18, "EXDEV"), (19, "ENODEV"), (20, "ENOTDIR"),
    (21, "EISDIR"), (22, "EINVAL"), (23, "ENFILE"), (24, "EMFILE"), (25, "ENOTTY"), (27, "EFBIG"), (28, "ENOSPC"), (29, "ESPIPE"), (30, "EROFS"),
    (31, "EMLINK"), (32, "EPIPE"), (33, "EDOM"), (34, "ERANGE"), (35, "EDEADLK"), (36, "ENAMETOOLONG"), (37, "ENOLCK"), (38, "ENOSYS"), (39, "ENOTEMPTY"),
    (40, "ELOOP"), (61, "ENODATA"), (71, "EPROTO"), (75, "EOVERFLOW"), (84, "EILSEQ"), (88, "ENOTSOCK"), (95, "EOPNOTSUPP"), (98, "EADDRINUSE"),
    (103, "ECONNABORTED"), (104, "ECONNRESET"), (105, "ENOBUFS"), (106, "EISCONN"), (107, "ENOTCONN"), (108, "ESHUTDOWN"), (110, "ETIMEDOUT"),
    (111, "ECONNREFUSED"), (113, "EHOSTUNREACH"), (114, "EALREADY"), (115, "EINPROGRESS"), (125, "ECANCELED"),
];
