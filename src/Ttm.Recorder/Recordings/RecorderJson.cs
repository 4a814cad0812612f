using System.Text.Json.Serialization;
using Ttm.Recorder.Journal;

namespace Ttm.Recorder.Recordings;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(JournalHeading))]
internal sealed partial class RecorderJson : JsonSerializerContext;
