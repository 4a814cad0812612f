using System.Security.Cryptography;
using Ttm.Testing.Sound;

namespace Ttm.EndToEnd.Kit;

/// <summary>One MP3 and the quarters that ffmpeg and the decoder find in it.</summary>
internal sealed record RecordedStretch(Recording Recording, byte[] Mp3, PcmSound Sound, IReadOnlyList<DecodedQuarter> Quarters)
{
    public int First => Quarters[0].Index;

    public int Last => Quarters[^1].Index;

    public override string ToString() =>
        $"{Recording.Sequence} {Recording.Student} {Recording.Length.TotalSeconds:0.000} s: {string.Join(' ', Quarters.Select(q => q.IsWhole ? $"{q.Index}" : $"{q.Index}({q.Length.TotalMilliseconds:0})"))}";
}

/// <summary>Judges a lesson's recordings by what was said.</summary>
internal static class RecordedLesson
{
    private static readonly TimeSpan Exact = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Cut = TimeSpan.FromMilliseconds(60);

    /// <summary>Downloads and decodes all recordings; the quarters are numbered on from one to the next.</summary>
    public static async Task<RecordedStretch[]> ReadAsync(LessonApi api, int count)
    {
        List<RecordedStretch> stretches = [];
        foreach (var recording in await api.StoredAsync(count))
        {
            var mp3 = await api.AudioAsync(recording);
            var sound = await Ffmpeg.DecodeAsync(mp3);
            var quarters = QuarterSecondDecoder.Unwrap(QuarterSecondDecoder.Decode(sound), near: stretches.Count == 0 ? 0 : stretches[^1].Last);
            quarters.ShouldNotBeEmpty($"recording {recording.Sequence} holds nothing that was said");
            stretches.Add(new(recording, mp3, sound, quarters));
        }

        return [.. stretches];
    }

    /// <summary>The resource says what the file is.</summary>
    public static void ShouldBeConsistent(RecordedStretch stretch)
    {
        var (recording, mp3, sound, _) = stretch;
        recording.Format.ShouldBe(new AudioFormat("mp3", 24_000, 1, 64_000));
        recording.Bytes.ShouldBe(mp3.Length);
        recording.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(mp3)));
        recording.Length.ShouldBe(recording.WallTime, Exact, $"duration and wall time of {stretch}");
        sound.Duration.ShouldBe(recording.WallTime, Exact, $"the MP3's length and the wall time of {stretch}");
    }

    /// <summary>From the first to the last quarter each one once, in order, and none cut but at the two ends.</summary>
    public static void ShouldBeWhole(RecordedStretch stretch)
    {
        stretch.Quarters.Select(quarter => quarter.Index).ShouldBe(Enumerable.Range(stretch.First, stretch.Last - stretch.First + 1), stretch.ToString());
        stretch.Quarters.Skip(1).SkipLast(1).ShouldAllBe(quarter => quarter.IsWhole, stretch.ToString());
    }

    /// <summary>After a direct switch the next recording goes on where the one before ended: the quarter being cut is in both, by halves.</summary>
    public static void ShouldJoin(RecordedStretch before, RecordedStretch after)
    {
        var said = $"{before}\n{after}";
        if (after.First == before.Last)
            (before.Quarters[^1].Length + after.Quarters[0].Length).ShouldBe(QuarterSecondSignal.Quarter, Cut, said);
        else
            after.First.ShouldBe(before.Last + 1, said);
    }
}
