using Microsoft.Extensions.Logging;
using Ttm.Sfu.Media;

namespace Ttm.Sfu.Lessons;

/// <summary>What every lesson of a node shares.</summary>
internal sealed record LessonContext(
    MediaPort Port,
    IStretchRecorder Recorder,
    ILessonEventSink Events,
    SessionSignals Signals,
    TimeProvider Time,
    ILogger Logger);
