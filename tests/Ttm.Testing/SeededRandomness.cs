using System.Buffers.Binary;
using Ttm.Rtc;

namespace Ttm.Testing;

/// <summary>Chance that repeats: SplitMix64 from a seed. The same seed gives the same bytes on every machine.</summary>
public sealed class SeededRandomness(ulong seed) : IRandomness
{
    private ulong _state = seed;

    public void Fill(Span<byte> destination)
    {
        Span<byte> word = stackalloc byte[8];
        while (!destination.IsEmpty)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(word, NextUInt64());
            int length = Math.Min(8, destination.Length);
            word[..length].CopyTo(destination);
            destination = destination[length..];
        }
    }

    public ulong NextUInt64()
    {
        ulong z = _state += 0x9E37_79B9_7F4A_7C15;
        z = (z ^ (z >> 30)) * 0xBF58_476D_1CE4_E5B9;
        z = (z ^ (z >> 27)) * 0x94D0_49BB_1331_11EB;
        return z ^ (z >> 31);
    }

    /// <summary>From 0 to below 1.</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 to below <paramref name="limit"/>.</summary>
    public int Next(int limit) => (int)(NextUInt64() % (ulong)limit);

    /// <summary>True in the given share of the calls.</summary>
    public bool Chance(double probability) => NextDouble() < probability;

    public byte[] NextBytes(int length)
    {
        byte[] bytes = new byte[length];
        Fill(bytes);
        return bytes;
    }
}
