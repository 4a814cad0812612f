using Ttm.Testing.Storage;
using Xunit;

namespace Ttm.Testing.Facts;

/// <summary>A fact that takes a <see cref="Tmpfs"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class TmpfsFactAttribute : FactAttribute
{
    public TmpfsFactAttribute() => Skip = Tmpfs.Obstacle;
}
