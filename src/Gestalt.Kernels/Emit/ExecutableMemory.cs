using System.Runtime.InteropServices;

namespace Gestalt.Kernels.Emit;

/// <summary>Puts machine code made at run time where the processor may run it. The code lives as long as the process.</summary>
internal static unsafe partial class ExecutableMemory
{
    private const int ProtectRead = 1;
    private const int ProtectWrite = 2;
    private const int ProtectExecute = 4;
    private const int MapPrivateAnonymousLinux = 0x22;
    private const int MapPrivateAnonymousMac = 0x1002;
    private const uint WindowsCommitReserve = 0x3000;
    private const uint WindowsReadWrite = 0x04;
    private const uint WindowsExecuteRead = 0x20;

    /// <summary>Copies code to memory that is first writable and then executable, never both at once.</summary>
    /// <returns>The address of the code, or 0 where the system forbids it (hardened kernels, some containers).</returns>
    public static nint TryPlace(ReadOnlySpan<byte> code)
    {
        nuint length = (nuint)code.Length;
        return OperatingSystem.IsWindows() ? PlaceOnWindows(code, length) : PlaceOnUnix(code, length);
    }

    private static nint PlaceOnUnix(ReadOnlySpan<byte> code, nuint length)
    {
        int flags = OperatingSystem.IsMacOS() ? MapPrivateAnonymousMac : MapPrivateAnonymousLinux;
        void* memory = Map(null, length, ProtectRead | ProtectWrite, flags, -1, 0);
        if (memory == (void*)-1)
        {
            return 0;
        }

        code.CopyTo(new Span<byte>(memory, code.Length));
        if (Protect(memory, length, ProtectRead | ProtectExecute) == 0)
        {
            return (nint)memory;
        }

        _ = Unmap(memory, length);
        return 0;
    }

    private static nint PlaceOnWindows(ReadOnlySpan<byte> code, nuint length)
    {
        void* memory = VirtualAlloc(null, length, WindowsCommitReserve, WindowsReadWrite);
        if (memory is null)
        {
            return 0;
        }

        code.CopyTo(new Span<byte>(memory, code.Length));
        return VirtualProtect(memory, length, WindowsExecuteRead, out _) != 0 ? (nint)memory : 0;
    }

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("kernel32")]
    private static partial void* VirtualAlloc(void* address, nuint length, uint type, uint protection);

    [LibraryImport("kernel32")]
    private static partial int VirtualProtect(void* address, nuint length, uint protection, out uint before);
}
