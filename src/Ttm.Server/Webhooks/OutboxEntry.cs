using System.Globalization;
using System.Text;
using Ttm.Server.Events;

namespace Ttm.Server.Webhooks;

/// <summary>Where an event lies in the outbox.</summary>
/// <param name="Sequence">Counts the outbox's events from 1, over restarts.</param>
/// <param name="Id">The <c>webhook-id</c>: the same at every attempt and to every receiver.</param>
/// <param name="Segment">The first sequence number of the file it lies in.</param>
/// <param name="Offset">Of its body in that file, in bytes.</param>
/// <param name="Length">Of its body, in bytes.</param>
internal sealed record OutboxEntry(long Sequence, string Id, string Lesson, DateTimeOffset At, long Segment, long Offset, int Length)
{
    private const int Heads = 4;

    /// <summary>A line: <c>sequence id lesson milliseconds body</c>. JSON as the server writes it has no line feed.</summary>
    public static byte[] Write(long sequence, PublishedEvent published) =>
    [
        .. Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{sequence} evt_{published.Id} {published.Lesson} {published.Timestamp.ToUnixTimeMilliseconds()} ")),
        .. published.Body.Span,
        (byte)'\n',
    ];

    /// <param name="line">Without its line feed.</param>
    /// <param name="start">Of the line in the segment.</param>
    public static OutboxEntry? Parse(ReadOnlySpan<byte> line, long segment, long start)
    {
        Span<Range> parts = stackalloc Range[Heads];
        var position = 0;
        for (var i = 0; i < Heads; i++)
        {
            var space = line[position..].IndexOf((byte)' ');
            if (space <= 0)
                return null;
            parts[i] = position..(position + space);
            position += space + 1;
        }

        if (!long.TryParse(line[parts[0]], NumberStyles.None, CultureInfo.InvariantCulture, out var sequence)
            || !long.TryParse(line[parts[3]], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
        {
            return null;
        }

        return new(
            sequence,
            Encoding.ASCII.GetString(line[parts[1]]),
            Encoding.ASCII.GetString(line[parts[2]]),
            DateTimeOffset.FromUnixTimeMilliseconds(milliseconds),
            segment,
            start + position,
            line.Length - position);
    }
}
