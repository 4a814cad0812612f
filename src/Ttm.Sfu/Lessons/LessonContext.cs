using Microsoft.Extensions.Logging;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>What every lesson of a node shares.</summary>
/// <param name="Store">Null where lessons end with the process.</param>
internal sealed record LessonContext(
    MediaPort Port,
    IStretchRecorder Recorder,
    ILessonStore? Store,
    ILessonEventSink Events,
    SessionSignals Signals,
    FlightArchive Flights,
    TimeProvider Time,
    ILogger Logger);
