"""Exports in the shape that each tool writes them: the tool is told, and its dates, places, writers and counts are read."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from collectors.base import SkippedItem
from collectors.files.collector import read_file
from collectors.files.columns import tools
from collectors.files.places import place_of
from collectors.files.survey import Answers, survey
from core.models import Mention
from tests.collectors.cases import mentions, odds

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
BRANDWATCH = '''Report:,Bulk Mentions Download
Brand:,NHS NWL
From:,Sun Nov 01 00:00:00 GMT 2026
To:,Sun Nov 29 00:00:00 GMT 2026
Label:,Example

Query Id,Query Name,Date,Title,Snippet,Url,Domain,Sentiment,Page Type,Language,Added,Author,Avatar,Engagement Type,Facebook Comments,\
Facebook Likes,Facebook Shares,Full Name,Full Text,Impressions,Instagram Likes,Resource Id,Subreddit,Thread Created Date,\
Twitter Author ID,Twitter Followers,Twitter Reply Count,Twitter Retweets,Content Source Name
1,NHS NWL,2026-11-21 09:05:00.0,"Kez Example (@kez_w3): ""NHS NWL lost my …""","NHS NWL lost my …",\
http://twitter.com/kez_w3/statuses/1990000000000000002,twitter.com,negative,twitter,en,2026-11-22 08:00:00.0,kez_w3,,RETWEET,0,0,0,\
Kez Example,NHS NWL lost my notes twice,120,0,a1b2,,2026-11-20 08:00:00.0,77,"1,204",3,5,X
1,NHS NWL,2026-11-21 10:00:00.0,Beds cut at Ealing,NHS NWL will close,https://news.example.org/beds,example.org,neutral,news,en,\
2026-11-22 08:00:00.0,Ana Example,,,0,0,0,,NHS NWL will close two wards,9000,0,a1b3,,,,0,0,0,Online News
1,NHS NWL,2026-11-21 11:00:00.0,,NHS NWL helped,https://www.facebook.com/1/posts/2,facebook.com,positive,facebook_public,en,\
2026-11-22 08:00:00.0,Bo Example,,,4,12,2,,,0,0,a1b4,,,,0,0,0,FACEBOOKPAGE
'''
MELTWATER = [
    "Date Headline URL Opening_Text Hit_Sentence Source Influencer Country Subregion Language Reach Desktop_Reach Mobile_Reach "
    "Twitter_Social_Echo Facebook_Social_Echo Reddit_Social_Echo National_Viewership Engagement AVE Sentiment Key_Phrases "
    "Input_Name Keywords Twitter_Authority Tweet_Id Twitter_Id Twitter_Client Twitter_Screen_Name User_Profile_Url Twitter_Bio "
    "Twitter_Followers Twitter_Following Alternate_Date_Format Time State City Views Likes Replies Retweets",
    {
        "Date": "06-Jul-2026 03:03PM", "URL": "https://x.com/ana_example/status/2019849392560165115", "Source": "Twitter",
        "Opening Text": "NHS NWL answered", "Hit Sentence": "NHS NWL answered me in the end", "Influencer": "@ana_example",
        "Language": "English", "Input Name": "NHS NWL", "Tweet Id": '"2019849392560165115"', "Twitter Id": '"1767999"',
        "Twitter Screen Name": "Ana Example", "Twitter Bio": "Brent", "Twitter Followers": "1.2K", "Time": "3:03 PM",
        "Alternate Date Format": "06-Jul-26", "Likes": "12", "Retweets": "3", "Replies": "1",
    },
    {
        "Date": "27-Nov-2026", "Time": "9:05 PM", "Headline": "Beds cut at Ealing", "URL": "https://news.example.org/beds",
        "Opening Text": "Two wards close.", "Hit Sentence": "NHS NWL said it was sorry.", "Source": "Example Chronicle",
        "Influencer": "Bo Example", "Alternate Date Format": "27-Nov-26",
    },
]  # fmt: skip


def read(path: Path, **settings: Any) -> tuple[list[Mention], list[SkippedItem]]:
    found = list(read_file(path, at=AT, **settings))
    return mentions(found), odds(found)


def tool(path: Path) -> str:
    found = survey(path, Answers(), at=AT).tool
    return found.name if found else ""


def as_csv(headings: str, *rows: Sequence[object], delimiter: str = ",") -> str:
    file = io.StringIO()
    sheet = csv.writer(file, delimiter=delimiter)
    sheet.writerow(headings.split(","))
    sheet.writerows(rows)
    return file.getvalue()


def test_brandwatch_below_its_lines_on_the_report(tmp_path: Path) -> None:
    path = tmp_path / "bulk.csv"
    path.write_text(BRANDWATCH, "utf-8-sig")
    found, odd = read(path)
    assert (tool(path), odd) == ("brandwatch", [])
    tweet, news, page = found
    assert (tweet.key, tweet.platform, tweet.kind) == ("x:1990000000000000002", "x", "repost")
    assert tweet.text == "NHS NWL lost my notes twice"  # no `Kez (@kez_w3): "…"` before it
    assert (tweet.author.handle, tweet.author.name) == ("kez_w3", "Kez Example")
    assert (tweet.author.followers, tweet.metrics) == (1204, {"likes": 0, "shares": 5, "replies": 3, "views": 120})  # fmt: skip
    assert tweet.posted_at == datetime(2026, 11, 21, 9, 5, tzinfo=UTC)
    assert news.text == "Beds cut at Ealing\n\nNHS NWL will close two wards"
    assert (news.platform, news.url, news.author.name) == (
        "news", "https://news.example.org/beds", "Ana Example",
    )  # fmt: skip
    assert (page.platform, page.text) == ("facebook", "NHS NWL helped")
    assert page.metrics == {"likes": 12, "shares": 2, "replies": 4, "views": 0}


def test_meltwater_in_utf_16_with_tabs(tmp_path: Path) -> None:
    head, *rows = MELTWATER
    assert isinstance(head, str)
    names = [name.replace("_", " ") for name in head.split()]
    lines = ["\t".join(names)] + [
        "\t".join(row.get(name, "") for name in names) for row in rows if isinstance(row, dict)
    ]
    path = tmp_path / "NHS NWL - Nov 29, 2026.csv"
    path.write_bytes("\r\n".join(lines).encode("utf-16"))
    found, odd = read(path)
    assert (tool(path), odd) == ("meltwater", [])
    tweet, article = found
    assert tweet.key == "x:2019849392560165115"
    assert tweet.posted_at == datetime(2026, 7, 6, 14, 3, tzinfo=UTC)  # 3:03 PM, summer time
    assert tweet.text == "NHS NWL answered me in the end"
    assert (tweet.author.handle, tweet.author.id, tweet.author.bio) == ("ana_example", "1767999", "Brent")  # fmt: skip
    assert tweet.author.followers == 1200
    assert tweet.metrics == {"likes": 12, "shares": 3, "replies": 1}
    assert article.posted_at == datetime(2026, 11, 27, 21, 5, tzinfo=UTC)  # from its two columns
    assert article.text == "Beds cut at Ealing\n\nTwo wards close.\n\nNHS NWL said it was sorry."
    assert article.author.name == "Bo Example"


def test_hootsuite_with_its_zone_in_the_heading(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(
        as_csv(
            "Date (GMT),Social Network,Author,Post Message,Post Permalink,Followers count,Likes count,Comments count,Shares count",
            ("2026-07-01 09:05:00", "TIKTOK", "@ana_example", "NHS NWL queue", "https://www.tiktok.com/@ana_example/video/7", "1,204", "4K", "3", "2"),
        )
    )  # fmt: skip
    found, odd = read(path)
    assert (tool(path), odd) == ("hootsuite", [])
    (post,) = found
    assert (post.platform, post.issuer, post.kind) == ("tiktok", "tiktok", "video")
    assert post.posted_at == datetime(2026, 7, 1, 9, 5, tzinfo=UTC)  # not an hour earlier
    assert (post.author.handle, post.author.followers) == ("ana_example", 1204)
    assert post.metrics == {"likes": 4000, "shares": 2, "replies": 3}
    assert post.url == "https://www.tiktok.com/@ana_example/video/7"


def test_sprout_with_london_in_the_heading(tmp_path: Path) -> None:
    path = tmp_path / "inbox.csv"
    path.write_text(
        as_csv(
            "Timestamp (Europe/London),Network,Message Type,From,Message,Link",
            ("7/13/2026 9:05 am", "Threads", "Comment", "Ana Example", "NHS NWL queue", "https://www.threads.net/@a/post/1"),
        )
    )  # fmt: skip
    found, odd = read(path)
    assert (tool(path), odd) == ("sprout", [])
    (post,) = found
    assert (post.platform, post.kind, post.author.name) == ("threads", "comment", "Ana Example")
    assert post.posted_at == datetime(2026, 7, 13, 8, 5, tzinfo=UTC)


def test_brand24_in_excel_with_the_hour_beside_the_date(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    summary = book.worksheets[0]
    summary.title = "Summary"
    summary.append(["Mentions", 2])
    sheet = book.create_sheet("Mentions")
    sheet.append([])
    sheet.append(["", "ID", "Date", "Hrs", "Title", "Content", "Source", "Domain", "Category", "Sentiment", "Tags"])  # fmt: skip
    sheet.append(["", 1, datetime(2026, 7, 1), "14:05", "", "NHS NWL queue", "https://www.nextdoor.co.uk/p/1", "nextdoor.co.uk", "Social Media", -1, ""])  # fmt: skip  # noqa: DTZ001
    sheet.append([])
    sheet.append(["", 2, "2026-11-20", "2:05 PM", "A thread", "NHS NWL moved", "https://forum.example.org/t/2", "example.org", "Forums", 0, ""])  # fmt: skip
    book.save(tmp_path / "nhs_nwl.xlsx")
    found, odd = read(tmp_path / "nhs_nwl.xlsx")
    assert (tool(tmp_path / "nhs_nwl.xlsx"), odd) == ("brand24", [])
    first, second = found
    assert (first.platform, first.issued_id) == ("nextdoor", "https://www.nextdoor.co.uk/p/1")
    assert first.posted_at == datetime(2026, 7, 1, 13, 5, tzinfo=UTC)
    assert (second.platform, second.posted_at) == (
        "forum",
        datetime(2026, 11, 20, 14, 5, tzinfo=UTC),
    )


def test_talkwalker_with_semicolons_below_a_line_on_the_zone(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    head = (
        "url,indexed,published,title,content,lang,source_type,engagement,reach,extra_author_attributes.name,"
        "extra_author_attributes.short_name,article_extended_attributes.twitter_retweets"
    )
    table = as_csv(head, ("https://x.com/ana_example/status/7", "24/07/2026 11:00:00", "24/07/2026 09:05:00", "", "NHS NWL; queue", "en",
                          "SOCIALMEDIA, SOCIALMEDIA_TWITTER", 5, 90, "Ana Example", "ana_example", 3), delimiter=";")  # fmt: skip
    path.write_text(f"Project;NHS NWL\nTime zone;Europe/London\n\n{table}", "utf-8")
    found, odd = read(path)
    assert (tool(path), odd) == ("talkwalker", [])
    (post,) = found
    assert (post.key, post.text, post.language) == ("x:7", "NHS NWL; queue", "en")
    assert (post.author.name, post.author.handle) == ("Ana Example", "ana_example")
    assert (post.posted_at, post.metrics) == (
        datetime(2026, 7, 24, 8, 5, tzinfo=UTC),
        {"shares": 3},
    )


def test_cision_with_the_link_behind_the_headline(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["News Date", "News Headline", "News Text", "Outlet Name", "Audience Reach", "UV*", "Tone", "Medium", "Outlet Type", "Contact Name"])  # fmt: skip
    sheet.append(["24/11/2026", "Beds cut at Ealing", "NHS NWL said it was sorry.", "Example Chronicle", "12,000", 90, "NEG", "Online", "Newspaper", "Bo Example"])  # fmt: skip
    sheet.append(["25/11/2026", '=HYPERLINK("https://news.example.org/2","Wards open")', "NHS NWL is glad.", "Example Radio", "", "", "POS", "Radio", "", ""])  # fmt: skip
    sheet["B2"].hyperlink = "https://news.example.org/1"
    book.save(tmp_path / "coverage.xlsx")
    found, odd = read(tmp_path / "coverage.xlsx")
    assert (tool(tmp_path / "coverage.xlsx"), odd) == ("cision", [])
    first, second = found
    assert (first.platform, first.url) == ("news", "https://news.example.org/1")
    assert first.text == "Beds cut at Ealing\n\nNHS NWL said it was sorry."
    assert (first.author.name, first.posted_at) == (
        "Bo Example",
        datetime(2026, 11, 24, tzinfo=UTC),
    )
    assert (second.platform, second.url) == ("news", "https://news.example.org/2")
    assert second.text == "Wards open\n\nNHS NWL is glad."


@pytest.mark.parametrize(
    ("name", "platform"),
    [("Google Reviews", "google"), ("GOOGLE MY BUSINESS", "google"), ("Google Business Profile review", "google"),
     ("Trustpilot", "review"), ("Reviews", "review"), ("Google News", "news")],
)  # fmt: skip
def test_reviews_on_google_are_told_from_other_reviews(name: str, platform: str) -> None:
    assert place_of([name], "", None)[1] == platform


@pytest.mark.parametrize("each", tools(), ids=lambda tool: tool.name)
def test_what_a_tool_is_recognised_by_is_not_another_tools(each: Any) -> None:
    for headings in each.recognised_by:
        fits = {other.name for other in tools() if other.fits(headings) >= each.fits(headings)}
        assert fits == {each.name}
