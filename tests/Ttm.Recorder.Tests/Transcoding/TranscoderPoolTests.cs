using Ttm.Recorder.Recordings;
using Ttm.Recorder.Transcoding;

namespace Ttm.Recorder.Tests.Transcoding;

public sealed class TranscoderPoolTests
{
    [Fact]
    public void Pool_OfThreeWorkers_RunsSoManyAtOnceBelowTheLoop()
    {
        using var release = new ManualResetEventSlim();
        using var all = new CountdownEvent(3);
        int running = 0;
        int most = 0;
        List<int> niceness = [];
        using (var pool = new TranscoderPool(3, Process))
        {
            for (int i = 0; i < 12; i++)
                pool.Enqueue(new RecordingWork($"rec_{i}", null, null));
            all.Wait(TimeSpan.FromSeconds(30)).ShouldBeTrue();
            release.Set();
        }

        most.ShouldBe(3);
        if (OperatingSystem.IsLinux())
            niceness.ShouldAllBe(nice => nice == 10);

        bool Process(RecordingWork work)
        {
            lock (niceness)
            {
                most = Math.Max(most, ++running);
                if (OperatingSystem.IsLinux())
                    niceness.Add(Nice());
                if (!all.IsSet)
                    all.Signal();
            }

            release.Wait(TimeSpan.FromSeconds(30));
            lock (niceness)
                running--;
            return false;
        }
    }

    // Field 19 of proc_pid_stat(5), behind the name in parentheses.
    private static int Nice()
    {
        string stat = File.ReadAllText("/proc/thread-self/stat");
        return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], System.Globalization.CultureInfo.InvariantCulture);
    }
}
