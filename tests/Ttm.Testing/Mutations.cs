namespace Ttm.Testing;

/// <summary>Damaged copies of good wire bytes, for parsers that must never throw.</summary>
public static class Mutations
{
    /// <summary>Every proper prefix, the empty one first.</summary>
    public static IEnumerable<byte[]> Truncations(byte[] good) => Enumerable.Range(0, good.Length).Select(length => good[..length]);

    /// <summary>Every copy with one bit turned.</summary>
    public static IEnumerable<byte[]> BitFlips(byte[] good)
    {
        for (int bit = 0; bit < good.Length * 8; bit++)
        {
            byte[] copy = [.. good];
            copy[bit / 8] ^= (byte)(0x80 >> (bit % 8));
            yield return copy;
        }
    }

    /// <summary>
    /// <paramref name="count"/> copies, each with one to four wounds: bits turned, bytes set to the values that break lengths (0, 1, 127,
    /// 128, 255), cuts, repeats, swaps, random bytes put in or at the end. The seed decides.
    /// </summary>
    public static IEnumerable<byte[]> Random(byte[] good, int count, ulong seed)
    {
        var randomness = new SeededRandomness(seed);
        for (int i = 0; i < count; i++)
        {
            List<byte> copy = [.. good];
            for (int wounds = 1 + randomness.Next(4); wounds > 0; wounds--)
                Wound(copy, randomness);
            yield return [.. copy];
        }
    }

    /// <summary><paramref name="count"/> arrays of random bytes, 0 to <paramref name="maxLength"/> long.</summary>
    public static IEnumerable<byte[]> Garbage(int count, int maxLength, ulong seed)
    {
        var randomness = new SeededRandomness(seed);
        for (int i = 0; i < count; i++)
            yield return randomness.NextBytes(randomness.Next(maxLength + 1));
    }

    private static void Wound(List<byte> bytes, SeededRandomness randomness)
    {
        int at = randomness.Next(bytes.Count + 1);
        if (at == bytes.Count)
        {
            bytes.AddRange(randomness.NextBytes(1 + randomness.Next(8)));
            return;
        }

        switch (randomness.Next(7))
        {
            case 0 or 1:
                bytes[at] ^= (byte)(1 << randomness.Next(8));
                break;
            case 2:
                bytes[at] = (byte)(randomness.Next(5) switch { 0 => 0, 1 => 1, 2 => 127, 3 => 128, _ => 255 });
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(1 + randomness.Next(8), bytes.Count - at));
                break;
            case 4:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(1 + randomness.Next(8), bytes.Count - at)));
                break;
            case 5:
                bytes.InsertRange(at, randomness.NextBytes(1 + randomness.Next(4)));
                break;
            default:
                int other = randomness.Next(bytes.Count);
                (bytes[at], bytes[other]) = (bytes[other], bytes[at]);
                break;
        }
    }
}
