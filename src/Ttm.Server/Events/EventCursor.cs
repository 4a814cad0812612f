using System.Globalization;

namespace Ttm.Server.Events;

/// <summary>
/// The <c>id:</c> of an event: the process's start and a counter. Later events have greater ids, also after a restart, as long as the
/// clock did not go back by more than the process lived.
/// </summary>
/// <param name="Epoch">When the process started, Unix milliseconds.</param>
internal readonly record struct EventCursor(long Epoch, long Sequence) : IComparable<EventCursor>
{
    public static bool TryParse(string? text, out EventCursor id)
    {
        id = default;
        var dash = text?.IndexOf('-', StringComparison.Ordinal) ?? -1;
        if (dash <= 0
            || !long.TryParse(text.AsSpan(0, dash), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch)
            || !long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
        {
            return false;
        }

        id = new(epoch, sequence);
        return true;
    }

    public int CompareTo(EventCursor other) => Epoch != other.Epoch ? Epoch.CompareTo(other.Epoch) : Sequence.CompareTo(other.Sequence);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Epoch}-{Sequence}");
}
