using Xunit;

namespace Ttm.Testing.Facts;

/// <summary>A fact that takes Debian's package coturn.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class CoturnFactAttribute : FactAttribute
{
    public CoturnFactAttribute()
    {
        if (!File.Exists("/usr/bin/turnutils_uclient"))
            Skip = "needs the package coturn";
    }
}
