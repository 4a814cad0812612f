namespace Ttm.Net.Tests;

/// <summary>The batch socket is there on Linux alone.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = LinuxBatchSocket.IsSupported ? null : "Linux on 64 bits alone.";
}

/// <summary>As <see cref="LinuxFactAttribute"/>.</summary>
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = LinuxBatchSocket.IsSupported ? null : "Linux on 64 bits alone.";
}
