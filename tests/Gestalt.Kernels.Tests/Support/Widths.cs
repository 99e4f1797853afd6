namespace Gestalt.Kernels.Tests.Support;

/// <summary>Runs a check with each width of register that this processor has, and with none.</summary>
internal static class Widths
{
    public static readonly int[] All = [512, 256, 128, 32];

    public static void ForEach(Action check)
    {
        foreach (int width in All)
        {
            ForOne(width, check);
        }
    }

    public static void ForOne(int width, Action check)
    {
        VectorWidth.Limit = width;
        try
        {
            check();
        }
        catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"with registers of at most {width} bits: {exception.Message}", exception);
        }
        finally
        {
            VectorWidth.Limit = 0;
        }
    }
}
