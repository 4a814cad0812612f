using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Ttm.Recorder.Storage;

/// <summary>
/// <c>Storage:KeyTemplate</c>: text with the placeholders <c>{date}</c> (yyyy-MM-dd, UTC, of the start), <c>{lesson}</c>, <c>{teacher}</c>,
/// <c>{student}</c>, <c>{sequence}</c> (four digits) and <c>{recording}</c> (the id). It must tell any two recordings apart.
/// </summary>
public sealed partial class ObjectKeyTemplate
{
    public const string Default = "lessons/{date}/{lesson}/{sequence}-{student}.mp3";

    private readonly string _template;

    private ObjectKeyTemplate(string template) => _template = template;

    /// <summary>The directory that every key lies in, with its slash; empty when keys begin with a placeholder.</summary>
    public string Prefix
    {
        get
        {
            var literal = _template.AsSpan(0, _template.IndexOf('{', StringComparison.Ordinal));
            return literal[..(literal.LastIndexOf('/') + 1)].ToString();
        }
    }

    /// <param name="problem">What is wrong, to follow the name of the setting in a sentence.</param>
    public static bool TryParse(string? template, [NotNullWhen(true)] out ObjectKeyTemplate? parsed, [NotNullWhen(false)] out string? problem)
    {
        parsed = null;
        problem = null;
        template ??= "";
        var names = Placeholder().Matches(template).Select(match => match.Groups[1].Value).ToHashSet();
        if (names.FirstOrDefault(name => name is not ("date" or "lesson" or "teacher" or "student" or "sequence" or "recording")) is { } unknown)
            problem = $"has the unknown placeholder {{{unknown}}}; known are {{date}}, {{lesson}}, {{teacher}}, {{student}}, {{sequence}} and {{recording}}";
        else if (!names.Contains("recording") && !(names.Contains("lesson") && names.Contains("sequence")))
            problem = "must hold {lesson} and {sequence}, or {recording}, so that no recording replaces another";
        else if (!ObjectKey.IsValid(Placeholder().Replace(template, "x")))
            problem = $"must be a relative name of letters, digits and . _ - = + @ between single slashes, not '{template}'";
        else
            parsed = new ObjectKeyTemplate(template);
        return parsed is not null;
    }

    /// <summary>The key of one recording. Ids are as API.md allows them; one that begins with a dot is written with <c>=2E</c> instead.</summary>
    public string Render(DateTimeOffset startedAt, string lesson, string teacher, string student, int sequence, string recording) =>
        Placeholder().Replace(_template, match => match.Groups[1].Value switch
        {
            "date" => startedAt.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            "lesson" => Safe(lesson),
            "teacher" => Safe(teacher),
            "student" => Safe(student),
            "sequence" => sequence.ToString("D4", CultureInfo.InvariantCulture),
            _ => Safe(recording),
        });

    // '=' is no character of an id, so two ids never become one.
    private static string Safe(string id) => id.StartsWith('.') ? string.Concat("=2E", id.AsSpan(1)) : id;

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Placeholder();
}
