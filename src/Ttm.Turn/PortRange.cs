using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Ttm.Turn;

/// <summary>Ports from <see cref="First"/> to <see cref="Last"/>, both included.</summary>
internal readonly record struct PortRange(ushort First, ushort Last)
{
    public int Count => Last - First + 1;

    /// <summary><c>49152-65535</c>, or one port.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out PortRange range)
    {
        range = default;
        if (text is null)
            return false;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        if (!TryParsePort(dash < 0 ? text : text[..dash], out ushort first) || !TryParsePort(text[(dash + 1)..], out ushort last))
            return false;
        range = new PortRange(first, last);
        return first > 0 && first <= last;
    }

    private static bool TryParsePort(string text, out ushort port) =>
        ushort.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port);
}
