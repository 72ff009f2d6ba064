"""The system calls that the process of a notebook may make, by their numbers.

TensorFlow 2.8 to 2.21, numpy, matplotlib, h5py and Python 3.10 to 3.13 make these, or may: it was
traced; so do other libraries that read, count and draw. Each has its numbers on x86_64 and on
aarch64, "-" where there is none.
"""

import errno

# Allowed, whatever is given to them.
ALLOWED = {
    "files": """
    read 0 63, write 1 64, creat 85 -, close 3 57, close_range 436 436,
    lseek 8 62, pread64 17 67, pwrite64 18 68, readv 19 65, writev 20 66, preadv 295 69,
    pwritev 296 70, preadv2 327 286, pwritev2 328 287, dup 32 23, dup2 33 -, dup3 292 24,
    pipe 22 -, pipe2 293 59, stat 4 -, fstat 5 80, lstat 6 -, newfstatat 262 79, statx 332 291,
    statfs 137 43, fstatfs 138 44, access 21 -, faccessat 269 48, faccessat2 439 439,
    readlink 89 -, readlinkat 267 78, getdents 78 -, getdents64 217 61, getcwd 79 17,
    chdir 80 49, fchdir 81 50, mkdir 83 -, mkdirat 258 34, rmdir 84 -, rename 82 -,
    renameat 264 38, renameat2 316 276, link 86 -, linkat 265 37, unlink 87 -, unlinkat 263 35,
    symlink 88 -, symlinkat 266 36, ftruncate 77 46, fallocate 285 47, fsync 74 82,
    fdatasync 75 83, sync_file_range 277 84, fadvise64 221 223, readahead 187 213,
    sendfile 40 71, copy_file_range 326 285, splice 275 76, tee 276 77, umask 95 166,
    cachestat 451 451,
    """,
    "waiting, and what wakes": """
    poll 7 -, ppoll 271 73, select 23 -, pselect6 270 72, epoll_create 213 -,
    epoll_create1 291 20, epoll_ctl 233 21, epoll_wait 232 -, epoll_pwait 281 22,
    epoll_pwait2 441 441, eventfd 284 -, eventfd2 290 19, timerfd_create 283 85,
    timerfd_settime 286 86, timerfd_gettime 287 87, signalfd 282 -, signalfd4 289 74,
    futex 202 98, futex_waitv 449 449, futex_wake 454 454, futex_wait 455 455,
    futex_requeue 456 456, set_robust_list 273 99, membarrier 324 283, rseq 334 293,
    restart_syscall 219 128, pause 34 -, wait4 61 260, waitid 247 95,
    """,
    "memory": """
    brk 12 214, mmap 9 222, munmap 11 215, mremap 25 216, mprotect 10 226, madvise 28 233,
    mincore 27 232, msync 26 227, mlock 149 228, mlock2 325 284, munlock 150 229,
    mlockall 151 230, munlockall 152 231, pkey_alloc 330 289, pkey_free 331 290,
    pkey_mprotect 329 288, mbind 237 235, set_mempolicy 238 237, get_mempolicy 239 236,
    mseal 462 462, map_shadow_stack 453 453,
    """,
    "the process itself": """
    exit 60 93, exit_group 231 94, arch_prctl 158 -, set_tid_address 218 96, getpid 39 172,
    getppid 110 173, gettid 186 178, getpgid 121 155, getpgrp 111 -, getsid 124 156,
    getuid 102 174, geteuid 107 175, getgid 104 176, getegid 108 177, getresuid 118 148,
    getresgid 120 150, getgroups 115 158, capget 125 90, getrlimit 97 163, setrlimit 160 164,
    getrusage 98 165, getpriority 140 141, times 100 153, sysinfo 99 179, uname 63 160,
    getcpu 309 168, getrandom 318 278, sched_yield 24 124, sched_getaffinity 204 123,
    sched_getparam 143 121, sched_getscheduler 145 120, sched_getattr 315 275,
    sched_get_priority_max 146 125, sched_get_priority_min 147 126,
    sched_rr_get_interval 148 127,
    """,
    "time": """
    time 201 -, gettimeofday 96 169, clock_gettime 228 113, clock_getres 229 114,
    clock_nanosleep 230 115, nanosleep 35 101, alarm 37 -, getitimer 36 102, setitimer 38 103,
    timer_create 222 107, timer_settime 223 110, timer_gettime 224 108,
    timer_getoverrun 225 109, timer_delete 226 111,
    """,
    "its signals": """
    rt_sigaction 13 134, rt_sigprocmask 14 135, rt_sigreturn 15 139, rt_sigpending 127 136,
    rt_sigtimedwait 128 137, rt_sigsuspend 130 133, sigaltstack 131 132,
    """,
    "pairs of sockets": """
    recvfrom 45 207, recvmsg 47 212, recvmmsg 299 243, shutdown 48 210, getsockname 51 204,
    getpeername 52 205, getsockopt 55 209,
    """,
}

# Not made, and by what is answered; any other call gets EPERM.
ANSWERED = {
    # Copying a file asks for these, which Landlock does not know; and one process has nobody to
    # lock a file against. So they seem to work.
    0: """
    chmod 90 -, fchmod 91 52, fchmodat 268 53, fchmodat2 452 452, utime 132 -, utimes 235 -,
    futimesat 261 -, utimensat 280 88, flock 73 32,
    """,
    errno.ENOTSUP: """
    getxattr 191 8, lgetxattr 192 9, fgetxattr 193 10, getxattrat 464 464, listxattr 194 11,
    llistxattr 195 12, flistxattr 196 13, listxattrat 465 465, setxattr 188 5, lsetxattr 189 6,
    fsetxattr 190 7, setxattrat 463 463, removexattr 197 14, lremovexattr 198 15,
    fremovexattr 199 16, removexattrat 466 466,
    """,
    errno.EAGAIN: "fork 57 -, vfork 58 -",
    errno.EACCES: "socket 41 198, execve 59 221, execveat 322 281",
    # Who asks for these falls back on what a filter can see into.
    errno.ENOSYS: """
    clone3 435 435, openat2 437 437, memfd_create 319 279, io_uring_setup 425 425,
    file_getattr 468 468, file_setattr 469 469,
    """,
}
NEWEST = 469  # what is newer than these tables is not there, for a library that tries it: ENOSYS

# Allowed for some uses, which seccomp.py has.
GUARDED = """
    clone 56 220, kill 62 129, tgkill 234 131, prlimit64 302 261, ioctl 16 29, fcntl 72 25,
    prctl 157 167, socketpair 53 199, sendto 44 206, sched_setaffinity 203 122,
    sched_setparam 142 118, sched_setscheduler 144 119, setpriority 141 140, truncate 76 45,
    open 2 -, openat 257 56,
"""
