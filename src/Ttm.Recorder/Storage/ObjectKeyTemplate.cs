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

    // One that begins with a dot grows by two when it is rendered.
    private static readonly string LongestId = "." + new string('x', 127);
    private static readonly string ARecording = "rec_" + new string('x', 24);

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
            problem = AmbiguityOf(template);
        if (problem is not null)
            return false;

        parsed = new ObjectKeyTemplate(template);
        if (ObjectKey.IsValid(WithId(parsed.Render(DateTimeOffset.UnixEpoch, LongestId, LongestId, LongestId, int.MaxValue, ARecording), ARecording)))
            return true;
        parsed = null;
        problem = "makes names that are longer than a store takes (255 characters between two slashes, 1000 in all) where ids are as long as they may be, 128 characters: make it shorter";
        return false;
    }

    /// <summary>The name to take where another recording has the key already. No other recording can have it.</summary>
    public static string WithId(string key, string recording)
    {
        int dot = key.LastIndexOf('.');
        return dot > key.LastIndexOf('/') ? $"{key[..dot]}-{recording}{key[dot..]}" : $"{key}-{recording}";
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

    // Ids have dashes, dots and digits of their own. So that each can be read out of the key again, no two share a name, and the number ends where its digits end.
    private static string? AmbiguityOf(string template)
    {
        foreach (string name in template.Split('/'))
        {
            string[] ids = [.. Placeholder().Matches(name).Select(match => match.Value).Where(value => value is "{lesson}" or "{teacher}" or "{student}")];
            if (ids.Length > 1)
            {
                return $"has {ids[0]} and {ids[1]} in one name, so that two recordings could get the same ('a-b' and 'c', 'a' and 'b-c'), or one that is longer than the 255 characters a store takes: "
                    + "put a slash between them";
            }
        }

        return NumberBesideDigits().IsMatch(template) ? "must have a character that is no digit (or nothing) before and behind {sequence}, so that the number can be told from what is beside it" : null;
    }

    // '=' is no character of an id, so two ids never become one.
    private static string Safe(string id) => id.StartsWith('.') ? string.Concat("=2E", id.AsSpan(1)) : id;

    [GeneratedRegex(@"\{([^{}]*)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"[0-9}]\{sequence\}|\{sequence\}[0-9{]")]
    private static partial Regex NumberBesideDigits();
}
