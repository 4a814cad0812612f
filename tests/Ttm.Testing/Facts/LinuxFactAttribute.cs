using Ttm.Net;
using Xunit;

namespace Ttm.Testing.Facts;

/// <summary>A fact of Linux: of the batch socket, of all of 127/8 being this machine's, of systemd.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = LinuxBatchSocket.IsSupported ? null : "needs Linux on 64 bits";
}

/// <summary>As <see cref="LinuxFactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = LinuxBatchSocket.IsSupported ? null : "needs Linux on 64 bits";
}
