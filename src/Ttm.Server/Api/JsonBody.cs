using System.Text.Json;
using System.Text.Unicode;

namespace Ttm.Server.Api;

/// <summary>
/// A JSON object sent by a client. Unknown fields are ignored; a field of the wrong type is told by its name. The first flaw found
/// stays in <see cref="Flaw"/>, so that a handler reads all its fields and looks once.
/// </summary>
internal sealed class JsonBody
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);

    /// <summary>What is wrong with the body, or null.</summary>
    public Problem? Flaw { get; private set; }

    /// <param name="mayBeEmpty">No body at all stands for an object without fields.</param>
    public static async Task<JsonBody> ReadAsync(HttpRequest request, bool mayBeEmpty = false)
    {
        var body = new JsonBody();
        var bytes = await Bodies.ReadAsync(request);
        if (bytes is null)
            body.Flaw = Problem.TooLarge();
        else if (bytes.Value.Length == 0 && mayBeEmpty)
            return body;
        else if (!Bodies.HasType(request, "application/json"))
            body.Flaw = new Problem(StatusCodes.Status415UnsupportedMediaType, "Send the body as JSON, with Content-Type: application/json.");
        else
            body.Flaw = body.Parse(bytes.Value);
        return body;
    }

    private Problem? Parse(ReadOnlyMemory<byte> bytes)
    {
        if (!Utf8.IsValid(bytes.Span))
            return Problem.BadRequest("The body is not UTF-8.");
        try
        {
            using var document = JsonDocument.Parse(bytes);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return Problem.BadRequest("The body must be a JSON object, such as {}.");
            foreach (var property in document.RootElement.EnumerateObject())
                _fields[property.Name] = property.Value.Clone();
            return null;
        }
        catch (JsonException exception)
        {
            return Problem.BadRequest($"The body is not JSON: look at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.");
        }
        catch (InvalidOperationException)
        {
            // A name with half a surrogate pair is JSON by its grammar and text to nobody.
            return Problem.BadRequest("The body is not JSON: a field's name is not Unicode text.");
        }
    }

    /// <summary>An id, or null where the field is absent.</summary>
    public string? OptionalId(string field)
    {
        if (Text(field) is not { } id)
            return null;
        if (!Ids.IsValid(id))
            Flaw ??= Problem.BadField(field, $"The field \"{field}\" must be {Ids.Rule}");
        return id;
    }

    public string RequiredId(string field)
    {
        if (OptionalId(field) is { } id)
            return id;
        Flaw ??= Problem.BadField(field, $"The field \"{field}\" is missing: it must be {Ids.Rule}");
        return "";
    }

    /// <summary>Text of a length counted in Unicode characters (code points), not in bytes or UTF-16 units.</summary>
    public string RequiredText(string field, int minimum, int maximum)
    {
        var text = Text(field);
        Measure(field, text, minimum, maximum);
        return text ?? "";
    }

    /// <summary>The same, or null where the field is absent.</summary>
    public string? OptionalText(string field, int minimum, int maximum)
    {
        var text = Text(field);
        if (text is not null)
            Measure(field, text, minimum, maximum);
        return text;
    }

    /// <summary>An object of texts; empty where the field is absent.</summary>
    public IReadOnlyDictionary<string, string> OptionalTexts(string field)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (!_fields.TryGetValue(field, out var element) || element.ValueKind == JsonValueKind.Null)
            return texts;
        try
        {
            if (element.ValueKind == JsonValueKind.Object)
            {
                foreach (var property in element.EnumerateObject())
                    texts[property.Name] = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : throw new InvalidOperationException();
                return texts;
            }
        }
        catch (InvalidOperationException)
        {
            // Told below.
        }

        Flaw ??= Problem.BadField(field, $"The field \"{field}\" must be an object whose values are strings.");
        return texts;
    }

    /// <summary>True, false, or null where the field is absent.</summary>
    public bool? OptionalFlag(string field)
    {
        if (!_fields.TryGetValue(field, out var element) || element.ValueKind == JsonValueKind.Null)
            return null;
        if (element.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
            Flaw ??= Problem.BadField(field, $"The field \"{field}\" must be true or false.");
        return element.ValueKind == JsonValueKind.True;
    }

    private void Measure(string field, string? text, int minimum, int maximum)
    {
        var length = text?.EnumerateRunes().Count() ?? 0;
        if (text is null || length < minimum || length > maximum)
            Flaw ??= Problem.BadField(field, $"The field \"{field}\" must be text of {minimum} to {maximum} characters; it has {length}.");
    }

    public bool RequiredFlag(string field)
    {
        if (OptionalFlag(field) is { } flag)
            return flag;
        Flaw ??= Problem.BadField(field, $"The field \"{field}\" is missing: it must be true or false.");
        return false;
    }

    private string? Text(string field)
    {
        if (!_fields.TryGetValue(field, out var element) || element.ValueKind == JsonValueKind.Null)
            return null;
        try
        {
            if (element.ValueKind == JsonValueKind.String)
                return element.GetString();
        }
        catch (InvalidOperationException)
        {
            // Half a surrogate pair.
        }

        Flaw ??= Problem.BadField(field, $"The field \"{field}\" must be a string.");
        return null;
    }
}
