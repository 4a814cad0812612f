using System.Globalization;
using System.Text;
using Ttm.Server.Events;

namespace Ttm.Server.Webhooks;

/// <summary>An event for receivers, and where it lies in the outbox.</summary>
/// <param name="Sequence">Counts the outbox's events from 1, over restarts.</param>
/// <param name="Id">The <c>webhook-id</c>: the same at every attempt and to every receiver.</param>
/// <param name="Segment">The first sequence number of the file it lies in.</param>
/// <param name="Offset">Of its body in that file, in bytes.</param>
/// <param name="Length">Of its body, in bytes.</param>
/// <param name="Body">The body itself, where it may not touch the disk; such an event has no sequence number and ends with the process.</param>
internal sealed record OutboxEntry(long Sequence, string Id, string Lesson, DateTimeOffset At, long Segment, long Offset, int Length, byte[]? Body = null)
{
    private const int Heads = 4;

    public static OutboxEntry InMemory(PublishedEvent published) =>
        new(0, IdOf(published), published.Lesson, published.Timestamp, 0, 0, published.Body.Length, published.Body.ToArray());

    /// <summary>A line: <c>sequence id lesson milliseconds body</c>. JSON as the server writes it has no line feed.</summary>
    public static byte[] Write(long sequence, PublishedEvent published) =>
    [
        .. Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $"{sequence} {IdOf(published)} {published.Lesson} {published.Timestamp.ToUnixTimeMilliseconds()} ")),
        .. published.Body.Span,
        (byte)'\n',
    ];

    private static string IdOf(PublishedEvent published) => $"evt_{published.Id}";

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
