using System.Text.Json.Serialization;
using Ttm.Recorder.Journal;

namespace Ttm.Recorder.Recordings;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = false)]
[JsonSerializable(typeof(JournalHeading))]
[JsonSerializable(typeof(FinishedRecording))]
[JsonSerializable(typeof(LessonBook))]
internal sealed partial class RecorderJson : JsonSerializerContext;
