using System.Diagnostics.Metrics;
using Ttm.Sfu.Lessons;

namespace Ttm.Server.Operations;

/// <summary>What the HTTP side counts; Prometheus names begin with <c>ttm_</c>. No label holds a person's or a lesson's id.</summary>
internal sealed class ServerMetrics : IDisposable
{
    public const string MeterName = "Ttm.Server";

    private readonly Meter _meter;
    private readonly Counter<long> _events;
    private long _streams;

    public ServerMetrics(IMeterFactory meters, IServiceProvider services)
    {
        _meter = meters.Create(MeterName);
        _events = _meter.CreateCounter<long>("ttm.events", description: "Events published, by type.");
        _meter.CreateObservableGauge("ttm.event.streams", () => Volatile.Read(ref _streams), description: "Server-Sent Event streams that are open.");
        _meter.CreateObservableGauge("ttm.lessons.live", () => Count(services, _ => 1), description: "Lessons that are live.");
        _meter.CreateObservableGauge("ttm.teachers.connected", () => Count(services, lesson => lesson.Teacher is { Connected: true } ? 1 : 0), description: "Teachers whose media is connected.");
        _meter.CreateObservableGauge("ttm.students.connected", () => Count(services, lesson => lesson.Students.Count(student => student.Connected)), description: "Students whose media is connected.");
    }

    public void EventPublished(string type) => _events.Add(1, new KeyValuePair<string, object?>("type", type));

    /// <summary>Counts a stream until it is disposed.</summary>
    public IDisposable EventStreamOpened()
    {
        Interlocked.Increment(ref _streams);
        return new Closing(this);
    }

    public void Dispose() => _meter.Dispose();

    // Resolved late: the lessons publish to the event hub, which counts here.
    private static long Count(IServiceProvider services, Func<LessonSnapshot, long> count) =>
        services.GetRequiredService<ILessons>().List().Where(lesson => lesson.State == LessonState.Live).Sum(count);

    private sealed class Closing(ServerMetrics metrics) : IDisposable
    {
        private ServerMetrics? _metrics = metrics;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _metrics, null) is { } open)
                Interlocked.Decrement(ref open._streams);
        }
    }
}
