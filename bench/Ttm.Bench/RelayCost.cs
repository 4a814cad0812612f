using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Net;
using Ttm.Rtc;
using Ttm.Rtc.Dtls;
using Ttm.Sfu.Lessons;
using Ttm.Sfu.Media;
using Ttm.Testing;

namespace Ttm.Bench;

/// <summary>
/// CPU of the media loop's thread per relayed packet (receive, unprotect, rewrite, protect, send), over real sockets of loopback with paced
/// teachers; and what it allocates.
/// </summary>
internal static partial class RelayCost
{
    private const int Seconds = 5;
    private static readonly byte[] Payload = [0x78, .. Enumerable.Range(0, 79).Select(index => (byte)index)];

    public static async Task RunAsync(int[] lessonCounts)
    {
        Console.WriteLine("| lessons | packets | CPU per packet | CPU of a core per lesson | bytes allocated per packet | lost | PUT to first packet p50 / max |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (int lessons in lessonCounts)
            await MeasureAsync(lessons);
    }

    private static async Task MeasureAsync(int lessonCount)
    {
        using var port = new MediaPort(new MediaOptions { Port = 0 }, TimeProvider.System, SystemRandomness.Instance, NullLogger<MediaPort>.Instance);
        await using var lessons = new LessonDirectory(port, new NoRecorder(), new NoEvents(), TimeProvider.System, NullLogger<LessonDirectory>.Instance);
        using var certificate = DtlsCertificate.Create(TimeProvider.System.GetUtcNow());
        var rooms = new List<Room>();
        for (int index = 0; index < lessonCount; index++)
            rooms.Add(await Room.OpenAsync(lessons, port, certificate, index));

        Pace(rooms, port.Clock, 25);
        var before = await SampleAsync(port);
        int sent = Pace(rooms, port.Clock, Seconds * 50);
        var after = await SampleAsync(port);
        long packets = after.Packets - before.Packets;
        double microseconds = (after.Cpu - before.Cpu).TotalMicroseconds;
        double share = microseconds / (Seconds * 1e6) / lessonCount * 100;
        var switches = await MeasureSwitchesAsync(rooms, port);
        Console.WriteLine(
            $"| {lessonCount} | {packets} | {microseconds / packets:F2} µs | {share:F3} % | {(double)(after.Allocated - before.Allocated) / packets:F2} | {sent - packets} | {switches[switches.Count / 2]:F1} / {switches[^1]:F1} ms |");
        foreach (var room in rooms)
            room.Dispose();
    }

    /// <summary>Sends every teacher's packet each 20 ms, spread over the interval as real teachers are.</summary>
    private static int Pace(List<Room> rooms, MediaClock clock, int rounds)
    {
        var start = clock.Now;
        int sent = 0;
        for (int round = 0; round < rounds; round++)
        {
            for (int index = 0; index < rooms.Count; index++)
            {
                var due = start + TimeSpan.FromMilliseconds((20.0 * round) + (20.0 * index / rooms.Count));
                while (due - clock.Now > TimeSpan.FromMilliseconds(0.2))
                    Thread.Sleep(TimeSpan.FromMilliseconds(0.1));
                rooms[index].Teacher.SendPacket(Payload);
                sent++;
                if (round % 25 == index % 25)
                    rooms[index].Drain();
            }
        }

        Thread.Sleep(100);
        return sent;
    }

    /// <summary>From the call of Select to the first packet at the newly selected student, while packets come every 20 ms.</summary>
    private static async Task<List<double>> MeasureSwitchesAsync(List<Room> rooms, MediaPort port)
    {
        var times = new List<double>();
        foreach (var room in rooms.Take(20))
        {
            await room.Lesson.SelectAsync(null);
            room.Drain();
            Instant? heard = null;
            room.Student.Received = (in packet, at) => heard ??= packet.Payload.Length > 3 ? at : null;
            var asked = port.Clock.Now;
            var selecting = room.Lesson.SelectAsync("s");
            var next = asked;
            while (heard is null && port.Clock.Now - asked < TimeSpan.FromSeconds(2))
            {
                if (port.Clock.Now >= next)
                {
                    room.Teacher.SendPacket(Payload);
                    next += TimeSpan.FromMilliseconds(20);
                }

                room.Student.Pump(TimeSpan.FromMilliseconds(0.5));
            }

            await selecting;
            times.Add(((heard ?? port.Clock.Now) - asked).TotalMilliseconds);
        }

        times.Sort();
        return times;
    }

    private static Task<Sample> SampleAsync(MediaPort port) => port.InvokeAsync((loop, _) =>
        new Sample(loop.Counters.PacketsForwarded, ThreadCpu(), GC.GetAllocatedBytesForCurrentThread()));

    private static TimeSpan ThreadCpu()
    {
        const int ClockThreadCpuTimeId = 3;
        _ = GetTime(ClockThreadCpuTimeId, out var time);
        return TimeSpan.FromSeconds(time.Seconds) + TimeSpan.FromMicroseconds(time.Nanoseconds / 1000.0);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int GetTime(int clock, out CpuTime time);

    private struct CpuTime
    {
        public long Seconds;
        public long Nanoseconds;
    }

    private readonly record struct Sample(long Packets, TimeSpan Cpu, long Allocated);

    private sealed class Room(ILesson lesson, UdpRtcClient teacher, UdpRtcClient student) : IDisposable
    {
        public ILesson Lesson { get; } = lesson;

        public UdpRtcClient Teacher { get; } = teacher;

        public UdpRtcClient Student { get; } = student;

        public static async Task<Room> OpenAsync(LessonDirectory lessons, MediaPort port, DtlsCertificate certificate, int index)
        {
            var lesson = lessons.Create($"lesson-{index}", null, new Dictionary<string, string>()).Value!;
            var teacher = new UdpRtcClient(true, certificate, SystemRandomness.Instance, port.Clock);
            var student = new UdpRtcClient(false, certificate, SystemRandomness.Instance, port.Clock);
            teacher.ApplyAnswer((await lesson.ConnectTeacherAsync("t", teacher.Rtc.Offer)).Value!.Answer);
            student.ApplyAnswer((await lesson.ConnectStudentAsync("s", student.Rtc.Offer)).Value!.Answer);
            while (!teacher.IsConnected || !student.IsConnected)
            {
                teacher.Pump(TimeSpan.FromMilliseconds(0.5));
                student.Pump(TimeSpan.FromMilliseconds(0.5));
            }

            await lesson.SelectAsync("s");
            return new Room(lesson, teacher, student);
        }

        public void Drain()
        {
            Teacher.Pump(TimeSpan.Zero);
            Student.Pump(TimeSpan.Zero);
        }

        public void Dispose()
        {
            Teacher.Dispose();
            Student.Dispose();
        }
    }

    private sealed class NoRecorder : IStretchRecorder
    {
        public StretchRecording? Start(Stretch stretch) => null;
    }

    private sealed class NoEvents : ILessonEventSink
    {
        public void Publish(LessonEvent lessonEvent)
        {
        }
    }
}
