using System.Diagnostics;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Tests.Simulation;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>A disk that is really full: a small tmpfs. Runs where mounting is allowed.</summary>
public sealed class DiskFullTests
{
    [Fact]
    public async Task Record_OnAFullDisk_TellsTheLossAndGoesOnWhenThereIsRoom()
    {
        await using var fixture = new RecorderFixture(75);
        string disk = Path.Combine(fixture.Directory, "disk");
        Directory.CreateDirectory(disk);
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", "size=3m", "ttm-test", disk) != 0)
            return;
        try
        {
            await RecordAsync(fixture, disk);
        }
        finally
        {
            Run("umount", "-l", disk).ShouldBe(0);
        }
    }

    private static async Task RecordAsync(RecorderFixture fixture, string disk)
    {
        RecorderService service = await fixture.StartAsync("disk/spool");
        RecordingHandle handle = fixture.Begin(service, "s-1");
        handle.Sink.Open(fixture.Position(0));
        fixture.Send(handle.Sink, 0, 500);
        await UntilAsync(() => new FileInfo(Path.Combine(fixture.Spool, handle.Id + ".rtpdump")) is { Exists: true, Length: > 20_000 });

        string filler = Path.Combine(disk, "filler");
        Fill(filler);
        fixture.Send(handle.Sink, 500, 3000);
        List<RecordingEvent> events = await RecorderFixture.ReadAsync(service, 2);
        events[1].Type.ShouldBe("recording.failed");
        events[1].Reason!.ShouldContain("disk");

        File.Delete(filler);
        await UntilAsync(() => new FileInfo(Path.Combine(fixture.Spool, handle.Id + ".rtpdump")).Length > 100_000);
        fixture.Send(handle.Sink, 3000, 3500);
        handle.Sink.Close(fixture.Position(3500));
        (await RecorderFixture.ReadAsync(service, 2)).Select(e => e.Type).ShouldBe(["recording.finished", "recording.stored"]);
        service.Find(handle.Id)!.Duration!.Value.ShouldBe(70, 0.05);
        string mp3 = Path.Combine(fixture.Directory, "x.mp3");
        File.WriteAllBytes(mp3, fixture.Store.Objects.First(pair => pair.Key.EndsWith("s-1.mp3", StringComparison.Ordinal)).Value);
        int[] symbols = Tones.Read(Ffmpeg.Decode(mp3, 24_000), 24_000);
        symbols[1..39].ShouldBe(Enumerable.Range(1, 38));
        symbols[162..238].ShouldAllBe(symbol => symbol == -1);
        symbols[242..254].ShouldBe(Enumerable.Range(242, 12));
    }

    private static void Fill(string path)
    {
        byte[] block = new byte[4096];
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        try
        {
            while (true)
                file.Write(block);
        }
        catch (IOException)
        {
            // Full.
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 3000 && !condition(); i++)
            await Task.Delay(10);
        condition().ShouldBeTrue();
    }
}
