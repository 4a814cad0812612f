using System.Security.Cryptography;
using Ttm.Rtc;

namespace Ttm.Net;

/// <summary>The operating system's cryptographic generator.</summary>
public sealed class SystemRandomness : IRandomness
{
    public static readonly SystemRandomness Instance = new();

    private SystemRandomness()
    {
    }

    public void Fill(Span<byte> destination) => RandomNumberGenerator.Fill(destination);
}
