using Ttm.Recorder.Journal;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Journal;

public sealed class JournalMarkTests
{
    private static readonly StreamPosition Position = new(new Instant(123_456_789_012), 0xDEAD_BEEF, 0xFFFF_FF00, true);

    [Fact]
    public void At_WrittenAndRead_IsTheSamePlaceToTheMicrosecond()
    {
        DateTimeOffset wall = SimulatedRecording.Wall.AddTicks(1_234_560);
        JournalMark.TryParse(JournalMark.At(JournalMarkKind.Close, Position, wall), out JournalMark mark).ShouldBeTrue();
        mark.Kind.ShouldBe(JournalMarkKind.Close);
        mark.Position.ShouldBe(Position);
        mark.WallTime.ShouldBe(wall);
    }

    [Fact]
    public void Heading_WrittenAndRead_IsTheSame()
    {
        JournalMark.TryParse(JournalMark.Heading(SimulatedRecording.Heading), out JournalMark mark).ShouldBeTrue();
        mark.TryReadHeading(out JournalHeading heading).ShouldBeTrue();
        heading.ShouldBe(SimulatedRecording.Heading);
    }

    [Theory]
    [InlineData("../x", 24_000)]
    [InlineData("..", 24_000)]
    [InlineData("a", 24_001)]
    public void TryReadHeading_ThatMakesNoSense_IsRefused(string lesson, int sampleRate)
    {
        byte[] packet = JournalMark.Heading(SimulatedRecording.Heading with { Lesson = lesson, SampleRate = sampleRate });
        JournalMark.TryParse(packet, out JournalMark mark).ShouldBeTrue();
        mark.TryReadHeading(out _).ShouldBeFalse();
    }

    [Fact]
    public void TryParse_CutOrMutated_NeverThrows()
    {
        foreach (byte[] good in new[] { JournalMark.Tick(), JournalMark.Heading(SimulatedRecording.Heading), JournalMark.At(JournalMarkKind.Open, Position, SimulatedRecording.Wall) })
        {
            foreach (byte[] cut in Mutations.Truncations(good))
                JournalMark.TryParse(cut, out _).ShouldBeFalse();
            foreach (byte[] bytes in Mutations.Random(good, 3000, 4))
                Use(bytes);
        }
    }

    private static void Use(byte[] bytes)
    {
        if (!JournalMark.TryParse(bytes, out JournalMark mark))
            return;
        if (mark.Kind == JournalMarkKind.Heading)
            mark.TryReadHeading(out _);
        if (mark.Kind is JournalMarkKind.Open or JournalMarkKind.Close)
            _ = (mark.Position, mark.WallTime);
    }
}
