using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Ttm.Server.Api;

/// <summary>
/// Examples for the OpenAPI document: one for each body and parameter, made from the types by which they are written, with values of one and the same
/// lesson. A field without a value of its own shows its kind.
/// </summary>
internal static class ApiExamples
{
    private const int MostNesting = 6;
    private const string Sdp = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=ice-lite\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n…";
    private const string Fragment = "a=ice-ufrag:8hhY\r\na=ice-pwd:asd88fgpdd777uzjYhagZgKx\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2130706431 203.0.113.7 3478 typ host\r\n";
    private const string Event = "id: 1771234567890-42\nevent: listener.changed\ndata: {\"type\":\"listener.changed\",\"timestamp\":\"2026-03-04T05:06:07.000Z\",\"data\":{\"lesson\":\"algebra-7\",\"student\":\"s-17\",\"connected\":true,\"recording\":\"rec_019cb7a3f158Xv3k\",\"switchedAt\":\"2026-03-04T05:06:07.000Z\"}}\n\n";

    private static readonly Dictionary<string, string> Samples = new(StringComparer.OrdinalIgnoreCase)
    {
        ["lesson"] = "\"algebra-7\"",
        ["teacher"] = "\"t-3\"",
        ["student"] = "\"s-17\"",
        ["listener"] = "\"s-17\"",
        ["from"] = "\"s-17\"",
        ["recording"] = "\"rec_019cb7a3f158Xv3k\"",
        ["session"] = "\"b4Jx0hUQ2mO8uV3wYc7A1g\"",
        ["text"] = "\"3/4\"",
        ["codec"] = "\"mp3\"",
        ["sampleRate"] = "24000",
        ["channels"] = "1",
        ["bitrate"] = "64000",
        ["duration"] = "61.42",
        ["sequence"] = "1",
        ["bytes"] = "491760",
        ["sha256"] = "\"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\"",
        ["location"] = "\"s3://my-lessons/lessons/2026-03-04/algebra-7/0001-s-17.mp3\"",
        ["urls"] = "[\"turn:203.0.113.7:3478?transport=udp\"]",
        ["username"] = "\"1772607967:s-17\"",
        ["credential"] = "\"Xq0dZ4m2c1cJm6kq3rJm0V1nS9g=\"",
        ["metadata"] = "{\"title\":\"Fractions\"}",
        ["access_token"] = "\"eyJhbGciOiJIUzI1NiJ9…\"",
        ["lastEventId"] = "\"1771234567890-42\"",
        ["title"] = "\"There is no lesson algebra-7.\"",
        ["type"] = "\"about:blank\"",
        ["state"] = "\"live\"",
        ["status"] = "\"stored\"",
        ["endedAt"] = "null",
    };

    public static Task AddAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellation)
    {
        foreach (var (code, response) in operation.Responses ?? [])
        {
            var type = context.Description.SupportedResponseTypes.FirstOrDefault(one => $"{one.StatusCode}" == code)?.Type;
            foreach (var (mediaType, content) in response.Content ?? new Dictionary<string, OpenApiMediaType>())
                content.Example ??= Of(mediaType, type, code);
        }

        return Task.CompletedTask;
    }

    /// <summary>When the operations are whole: endpoints add parameters of their own.</summary>
    public static Task AddToParametersAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellation)
    {
        foreach (var parameter in document.Paths.Values.SelectMany(path => path.Operations?.Values.SelectMany(operation => operation.Parameters ?? []) ?? []).OfType<OpenApiParameter>())
            parameter.Example ??= Sample(parameter.Name!) ?? JsonValue.Create("…");
        return Task.CompletedTask;
    }

    private static JsonNode? Of(string mediaType, Type? type, string code) => mediaType switch
    {
        Media.MediaTypes.Sdp => JsonValue.Create(Sdp),
        Media.MediaTypes.Fragment => JsonValue.Create(Fragment),
        "text/event-stream" => JsonValue.Create(Event),
        Problem.ContentType => new JsonObject { ["type"] = "about:blank", ["title"] = Title(code), ["status"] = int.Parse(code, System.Globalization.CultureInfo.InvariantCulture) },
        _ when mediaType.StartsWith("audio/", StringComparison.Ordinal) => JsonValue.Create("(the MP3)"),
        _ => type is null ? null : Of(type, null, 0),
    };

    private static string Title(string code) => code switch
    {
        "400" => "The field \"student\" is missing: it must be 1 to 128 characters of A-Z a-z 0-9 . _ -",
        "401" => "The token has expired: get a new one from the application.",
        "403" => "This token is for lesson geometry-2, not for algebra-7.",
        "404" => "There is no lesson algebra-7.",
        "409" => "A lesson of this id is live.",
        "412" => "If-Match names an older ICE generation; its ETag has changed.",
        "413" => Problem.TooLarge().Title,
        "415" => "Send the body as JSON, with Content-Type: application/json.",
        "422" => "The offer has no audio.",
        "503" => "This server has as many connections as it takes.",
        _ => Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(int.Parse(code, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private static JsonNode? Sample(string name) => Samples.TryGetValue(name, out var json) ? JsonNode.Parse(json) : null;

    private static JsonNode? Of(Type type, string? name, int nesting)
    {
        var value = Nullable.GetUnderlyingType(type) ?? type;
        if (name is not null && Samples.ContainsKey(name) && Sample(name) is var sample && Fits(sample, value))
            return sample;
        if (value.IsEnum)
            return JsonSerializer.SerializeToNode(Enum.GetValues(value).GetValue(0), value, ApiJson.Options);
        if (value == typeof(string))
            return name is "id" ? "algebra-7" : "…";
        if (value == typeof(bool))
            return true;
        if (value == typeof(DateTimeOffset))
            return "2026-03-04T05:06:07.000Z";
        if (value.IsPrimitive || value == typeof(decimal))
            return 0;
        if (nesting == MostNesting)
            return null;
        var contract = ApiJson.Options.GetTypeInfo(value);
        return contract.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new JsonArray(Of(contract.ElementType!, null, nesting + 1)),
            JsonTypeInfoKind.Dictionary => new JsonObject { ["…"] = Of(contract.ElementType!, null, nesting + 1) },
            JsonTypeInfoKind.Object => new JsonObject(contract.Properties.Select(property => KeyValuePair.Create(property.Name, Of(property.PropertyType, property.Name, nesting + 1)))),
            _ => null,
        };
    }

    // A lesson's teacher is an object, a recording's an id.
    private static bool Fits(JsonNode? sample, Type type) => sample switch
    {
        null => true,
        JsonObject => ApiJson.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Dictionary,
        JsonArray => ApiJson.Options.GetTypeInfo(type).Kind == JsonTypeInfoKind.Enumerable,
        _ => sample.GetValueKind() == JsonValueKind.String ? type == typeof(string) || type.IsEnum : type.IsPrimitive,
    };
}
