using System.Runtime.Intrinsics.X86;

namespace Gestalt.Kernels;

/// <summary>What the processor can do beyond what .NET tells.</summary>
public static class CpuFeatures
{
    /// <summary>Whether <c>vdpbf16ps</c> exists and the operating system keeps 512-bit registers across task switches.</summary>
    public static bool HasAvx512BFloat16 { get; } = DetectAvx512BFloat16();

    /// <summary>Whether <c>vpdpbusd</c> exists for 512-bit registers, and the operating system keeps them across task switches.</summary>
    public static bool HasAvx512Vnni { get; } = DetectAvx512Vnni();

    private static bool DetectAvx512BFloat16()
    {
        // .NET answers for the operating system's part when it answers for AVX-512 itself.
        if (!Avx512F.IsSupported || !X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7 || X86Base.CpuId(7, 0).Eax < 1)
        {
            return false;
        }

        const int Avx512BFloat16Bit = 5; // CPUID leaf 7, subleaf 1, EAX
        return (X86Base.CpuId(7, 1).Eax & (1 << Avx512BFloat16Bit)) != 0;
    }

    private static bool DetectAvx512Vnni()
    {
        if (!Avx512BW.IsSupported || !X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < 7)
        {
            return false;
        }

        const int Avx512VnniBit = 11; // CPUID leaf 7, subleaf 0, ECX
        return (X86Base.CpuId(7, 0).Ecx & (1 << Avx512VnniBit)) != 0;
    }
}
