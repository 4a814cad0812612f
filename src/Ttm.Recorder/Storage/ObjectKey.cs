using System.Buffers;

namespace Ttm.Recorder.Storage;

/// <summary>
/// The rule for keys, the same for every store: segments of <c>A-Z a-z 0-9 . _ - = + @</c> between single slashes, none beginning with a
/// dot. So a key can neither climb out of a directory, nor name a hidden file, nor need escaping in a URL path.
/// </summary>
internal static class ObjectKey
{
    private const int MaxLength = 1000;
    private const int MaxSegmentLength = 255;

    private static readonly SearchValues<char> Allowed =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-=+@");

    public static bool IsValid(ReadOnlySpan<char> key)
    {
        if (key.Length is 0 or > MaxLength)
            return false;

        foreach (var range in key.Split('/'))
        {
            var segment = key[range];
            if (segment.Length is 0 or > MaxSegmentLength || segment[0] == '.' || segment.ContainsAnyExcept(Allowed))
                return false;
        }

        return true;
    }

    /// <exception cref="ObjectStoreException">The key breaks the rule.</exception>
    public static void Demand(string key)
    {
        if (!IsValid(key))
            throw new ObjectStoreException($"'{key}' cannot be the key of a stored object.", transient: false);
    }
}
