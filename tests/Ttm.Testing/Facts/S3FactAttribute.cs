using Ttm.Testing.Storage;
using Xunit;

namespace Ttm.Testing.Facts;

/// <summary>A fact that takes <see cref="S3Server"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class S3FactAttribute : FactAttribute
{
    public S3FactAttribute() => Skip = S3Server.IsSupported ? null : "needs Linux, as the S3 server does";
}

/// <summary>As <see cref="S3FactAttribute"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class S3TheoryAttribute : TheoryAttribute
{
    public S3TheoryAttribute() => Skip = S3Server.IsSupported ? null : "needs Linux, as the S3 server does";
}
