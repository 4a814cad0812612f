using System.Text.Json;

namespace Ttm.Server.Api;

/// <summary>An error answer (RFC 9457): its title is a sentence that a person can act on.</summary>
internal sealed class Problem(int status, string title) : IResult
{
    public const string ContentType = "application/problem+json";

    public int Status { get; } = status;

    public string Title { get; } = title;

    /// <summary>Reasons, where there can be several.</summary>
    public IReadOnlyList<string>? Reasons { get; init; }

    /// <summary>The field of the body or the parameter of the query that is at fault, for a form to say it beside.</summary>
    public string? Field { get; init; }

    /// <summary>Headers that go with the status, such as Retry-After.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    public static Problem BadRequest(string title) => new(StatusCodes.Status400BadRequest, title);

    public static Problem BadField(string field, string title) => new(StatusCodes.Status400BadRequest, title) { Field = field };

    public static Problem BadId(string field) => BadRequest($"The {field} id must be {Ids.Rule}");

    /// <summary>With the challenge that RFC 6750 section 3 wants.</summary>
    public static Problem Forbidden(string title) => new(StatusCodes.Status403Forbidden, title)
    {
        Headers = new Dictionary<string, string> { ["WWW-Authenticate"] = "Bearer error=\"insufficient_scope\"" },
    };

    public static Problem NotFound(string title) => new(StatusCodes.Status404NotFound, title);

    public static Problem NoLesson(string lesson) => NotFound($"There is no lesson {lesson}.");

    public static Problem Conflict(string title) => new(StatusCodes.Status409Conflict, title);

    public static Problem TooLarge() => new(StatusCodes.Status413PayloadTooLarge, $"The body is larger than {Bodies.MaximumBytes / 1024} KiB, the most this server takes.");

    public static Problem Unavailable(string title, TimeSpan retryAfter, IReadOnlyList<string>? reasons = null) => new(StatusCodes.Status503ServiceUnavailable, title)
    {
        Headers = new Dictionary<string, string> { ["Retry-After"] = $"{(int)retryAfter.TotalSeconds}" },
        Reasons = reasons,
    };

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.StatusCode = Status;
        foreach (var (name, value) in Headers)
            response.Headers[name] = value;
        response.Headers.CacheControl = "no-store";
        var bytes = JsonSerializer.SerializeToUtf8Bytes(new ProblemBody("about:blank", Title, Status, Reasons, Field), ApiJson.Options);
        response.ContentType = ContentType;
        response.ContentLength = bytes.Length;
        return HttpMethods.IsHead(httpContext.Request.Method) ? Task.CompletedTask : response.Body.WriteAsync(bytes, httpContext.RequestAborted).AsTask();
    }
}

/// <summary>RFC 9457.</summary>
internal sealed record ProblemBody(
    string Type,
    string Title,
    int Status,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    IReadOnlyList<string>? Reasons = null,
    [property: System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    string? Field = null);
